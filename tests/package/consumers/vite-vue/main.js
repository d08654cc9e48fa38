import { createApp } from 'vue';
import 'cliffhanger-player';
import '../../support/style.css';
import App from './App.vue';

createApp(App).mount('#root');
