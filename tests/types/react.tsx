import { useRef } from 'react';
import type { CliffhangerPlayer } from 'cliffhanger-player';
import type {} from 'cliffhanger-player/types/react';

export function Good() {
  const player = useRef<CliffhangerPlayer>(null);
  return (
    <cliffhanger-player
      ref={player}
      id="p"
      className="wide"
      src="/series.json"
      free-episodes={5}
      episode="e003"
      preload="none"
      autoplay
      no-ui={false}
      onready={(event) => event.detail.version.length}
      onepisodechange={({ detail }) => player.current?.goTo(detail.previous.id)}
      onunlockrequest={(event) => event.respondWith(Promise.resolve(true))}
      onerror={({ detail }) => detail.code}
      onplaying={(event) => event.timeStamp}
    >
      <video src="/media/e001.mp4" muted autoPlay playsInline />
      <div slot="paywall">Ours</div>
    </cliffhanger-player>
  );
}

// @ts-expect-error a word that is not one of the three
export const badChoice = <cliffhanger-player preload="all" />;
// @ts-expect-error a switch takes no text
export const badFlag = <cliffhanger-player deep-link="yes" />;
// @ts-expect-error a server renders attributes, which have their HTML names
export const badName = <cliffhanger-player freeEpisodes={5} />;
// @ts-expect-error the handler gets the episode's event
export const badHandler = <cliffhanger-player onepisodechange={(event: KeyboardEvent) => event.key} />;
// @ts-expect-error nothing of that name in the detail
export const badDetail = <cliffhanger-player onpaywallclose={({ detail }) => detail.reason} />;
