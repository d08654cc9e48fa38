import { createApp } from 'vue';
import App from './App.vue';

document.querySelector('#told').replaceChildren();
createApp(App).mount('#root');
