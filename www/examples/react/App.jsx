import { useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { createRoot } from 'react-dom/client';
// In a project of its own: import 'cliffhanger-player';

function App() {
  const player = useRef(null);
  const [episode, setEpisode] = useState(null);
  return (
    <>
      <cliffhanger-player
        ref={player}
        src="/series/paper-lanterns/series.json"
        free-episodes={4}
        autoplay
        muted
        onready={() => setEpisode(player.current.currentEpisode)}
        onepisodechange={(event) => setEpisode(event.detail.episode)}
      />
      {createPortal(episode ? `${episode.n}. ${episode.title}` : 'nothing yet', document.querySelector('#told'))}
    </>
  );
}

createRoot(document.querySelector('#root')).render(<App />);
