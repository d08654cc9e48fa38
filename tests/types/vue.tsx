/** @jsxImportSource vue */
import { defineComponent, type GlobalComponents } from 'vue';
import type {} from 'cliffhanger-player/types/vue';

export const Good = defineComponent(() => () => (
  <cliffhanger-player
    key={1}
    class="wide"
    src="/series.json"
    free-episodes={5}
    autoplay
    onReady={(event) => event.detail.version.length}
    onEpisodechange={({ detail }) => detail.previous.id}
    onUnlockrequest={(event) => event.respondWith(Promise.resolve(true))}
  />
));

// What editors look up for templates.
type Props = InstanceType<GlobalComponents['cliffhanger-player']>['$props'];
export const props: Props = { src: '/series.json', 'free-episodes': 3, onReady: (event) => event.detail.version };
// @ts-expect-error a word that is not one of the three
export const badProps: Props = { preload: 'all' };

// @ts-expect-error a word that is not one of the three
export const badChoice = <cliffhanger-player preload="all" />;
// @ts-expect-error a switch takes no text
export const badFlag = <cliffhanger-player deep-link="yes" />;
// @ts-expect-error nothing of that name in the detail
export const badDetail = <cliffhanger-player onPaywallclose={({ detail }) => detail.reason} />;
