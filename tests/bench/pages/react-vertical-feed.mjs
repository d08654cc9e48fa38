// (d) react-vertical-feed, as its README begins.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { VerticalFeed } from 'react-vertical-feed';
import { episodes } from './list.mjs';

const items = (await episodes()).map(({ src, poster }, index) => ({
  id: String(index), src, poster, autoPlay: true, muted: true, playsInline: true, loop: true,
}));
createRoot(document.querySelector('#feed')).render(createElement(VerticalFeed, { items }));
window.benchIndex = () => {
  const list = document.querySelector('[role=feed]');
  return list ? Math.round(list.scrollTop / list.clientHeight) : -1;
};
