import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'cliffhanger-player';
import type {} from 'cliffhanger-player/types/react';
import '../../support/style.css';

function App() {
  const [told, setTold] = useState('');
  const [round, setRound] = useState(0);
  return (
    <>
      <cliffhanger-player
        key={round}
        src="/series.json"
        free-episodes={3}
        autoplay
        muted
        no-resume
        onready={(event) => setTold(`ready ${event.detail.version}`)}
        onepisodechange={(event) => setTold(`episode ${event.detail.episode.n} by ${event.detail.cause}`)}
      />
      <output id="told">{told}</output>
      <button id="again" onClick={() => setRound(round + 1)}>again</button>
    </>
  );
}

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
