// (c) Swiper with its Virtual module: slides are made when they come near, as its documentation has it for long lists.
import Swiper from 'swiper';
import { Virtual } from 'swiper/modules';
import 'swiper/css';
import 'swiper/css/virtual';
import { episodes } from './list.mjs';

const html = ({ src, poster }) => `<div class="swiper-slide"><video src="${src}" poster="${poster}" muted playsinline loop preload="auto"></video></div>`;

function playActive(swiper) {
  for (const slide of swiper.slides) {
    const video = slide.querySelector('video');
    if (Number(slide.dataset.swiperSlideIndex) === swiper.activeIndex) video.play().catch(() => {});
    else video.pause();
  }
}

const swiper = new Swiper('#feed', {
  modules: [Virtual],
  direction: 'vertical',
  virtual: { slides: await episodes(), renderSlide: (episode) => html(episode), addSlidesAfter: 1, addSlidesBefore: 1 },
  on: { init: playActive, slideChange: playActive, virtualUpdate: playActive },
});
playActive(swiper);
window.benchIndex = () => swiper.activeIndex;
