// What every consumer is put through: open, play, swipe.
import assert from 'node:assert/strict';
import { series } from '../../e2e/support/series.mjs';

/** The series that every consumer shows: four episodes. */
export const SERIES = series({ count: 4, free: 4 });

/** Waits for the first episode, swipes to the second, opens the drawer, which is in the second wasm; the console must stay clean. */
export async function swipe(stage) {
  await stage.playing(1);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  await told(stage, 'episode 2 by swipe');
  await stage.page.getByRole('button', { name: 'Episodes' }).first().tap();
  await stage.untilShows('drawer');
  assert.deepEqual(complaints(stage), []);
}

/** Waits until the page has written `text`. */
export function told(stage, text) {
  return stage.until((wanted) => document.querySelector('#told').textContent.trim() === wanted, { args: [text], what: `the page wrote "${text}"` });
}

/** Errors and warnings on the console. */
export function complaints(stage) {
  return stage.console.filter((line) => /^(error|warning)/.test(line));
}

/** A framework takes the player away and puts a new one in its place, several times and at once. */
export async function mountAgain(stage) {
  for (let round = 0; round < 3; round += 1) await stage.eval(() => document.querySelector('#again').click());
  await told(stage, `ready ${await version(stage)}`);
  assert.equal(await stage.eval(() => document.querySelectorAll('cliffhanger-player').length), 1);
  await stage.playing(1);
  await stage.settled();
  await stage.flingTo(2);
  await stage.playing(2);
  assert.deepEqual(complaints(stage), []);
}

const version = (stage) => stage.eval(() => window.seen.find((event) => event.type === 'ready').detail.version);
