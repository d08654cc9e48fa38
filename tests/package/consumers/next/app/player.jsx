'use client';

import { useEffect, useState } from 'react';
import 'cliffhanger-player';

export function Player({ series }) {
  const [told, setTold] = useState('from the server');
  useEffect(() => setTold('hydrated'), []);
  return (
    <>
      <cliffhanger-player
        src={series}
        free-episodes={3}
        autoplay
        muted
        no-resume
        onepisodechange={(event) => setTold(`episode ${event.detail.episode.n} by ${event.detail.cause}`)}
      />
      <output id="told">{told}</output>
    </>
  );
}
