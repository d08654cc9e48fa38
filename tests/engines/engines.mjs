// The three engines: how each is started, how a finger is moved in it, and what cannot be tested in it.
import fs from 'node:fs';
import path from 'node:path';

const SIZE = { width: 390, height: 760 };
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/**
 * A finger that comes down at the first of `path`, moves along it, and lifts or stays for the next call. Browsers scroll natively under it.
 * chromedriver's own actions forget a finger that stays.
 */
async function touchByProtocol(driver, { x, path, down = true, lift = true }) {
  const send = (type, touchPoints) => driver.send('POST', '/goog/cdp/execute', { cmd: 'Input.dispatchTouchEvent', params: { type, touchPoints } });
  for (const [step, y] of path.entries()) {
    await send(down && step === 0 ? 'touchStart' : 'touchMove', [{ x, y, id: 1 }]);
    await pause(12);
  }
  if (lift) await send('touchEnd', []);
}

/** The same in Firefox, which scrolls natively only under touches that come from its widget: the browser's own window sends them. */
async function nativeTouch(driver, { x, path, lift = true }) {
  const context = (name) => driver.send('POST', '/moz/context', { context: name });
  await context('chrome');
  try {
    const problem = await driver.send('POST', '/execute/async', { args: [x, path, lift], script: `
      const [x, path, lift, done] = arguments;
      const view = window.gBrowser.selectedBrowser.getBoundingClientRect();
      const scale = window.devicePixelRatio;
      const send = (state, y) => window.windowUtils.sendNativeTouchPoint(0, state,
        Math.round((window.mozInnerScreenX + view.left + x) * scale), Math.round((window.mozInnerScreenY + view.top + y) * scale), 1, 90, null);
      (async () => {
        for (const y of path) {
          send(window.windowUtils.TOUCH_CONTACT, y);
          await new Promise((resolve) => window.setTimeout(resolve, 15));
        }
        if (lift) send(window.windowUtils.TOUCH_REMOVE, path.at(-1));
      })().then(() => done(null), (error) => done(String(error)));` });
    if (problem) throw new Error(problem);
  } finally {
    await context('content');
  }
}

/** A turn of the wheel by W3C wheel actions. */
function wheelActions(driver, { x, y, deltaY }) {
  return driver.act({ type: 'wheel', id: 'wheel', actions: [{ type: 'scroll', x, y, deltaX: 0, deltaY, duration: 0 }] });
}

/** chromedriver takes no wheel actions while it emulates a phone. */
function wheelByProtocol(driver, { x, y, deltaY }) {
  const params = { type: 'mouseWheel', x, y, deltaX: 0, deltaY };
  return driver.send('POST', '/goog/cdp/execute', { cmd: 'Input.dispatchMouseEvent', params });
}

/** A screen for engines that have no headless mode. */
function screen(other) {
  const number = 100 + (other % 900);
  return { number, program: 'Xvfb', args: [`:${number}`, '-screen', '0', '800x1000x24', '-nolisten', 'tcp', '-ac'] };
}

function miniBrowser() {
  const libraries = ['x86_64', 'aarch64'].flatMap((cpu) => ['4.1', '4.0'].map((version) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-${version}/MiniBrowser`));
  return libraries.find((file) => fs.existsSync(file)) ?? 'MiniBrowser';
}

export const ENGINES = {
  chromium: {
    name: 'Chromium',
    versionOf: (agent) => /Chrome\/(\d+)/.exec(agent)?.[1],
    touch: touchByProtocol,
    wheel: wheelByProtocol,
    gaps: {},
    programs: ({ port }) => [{ program: 'chromedriver', args: [`--port=${port}`] }],
    capabilities: ({ folder }) => ({
      browserName: 'chrome',
      'goog:chromeOptions': {
        binary: process.env.CHROMIUM || '/usr/bin/chromium',
        args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
          '--disable-dev-shm-usage', '--mute-audio', `--user-data-dir=${path.join(folder, 'profile')}`],
        mobileEmulation: { deviceMetrics: { ...SIZE, pixelRatio: 1, touch: true, mobile: true } },
      },
    }),
  },
  firefox: {
    name: 'Firefox',
    versionOf: (agent) => /Firefox\/(\d+)/.exec(agent)?.[1],
    touch: nativeTouch,
    wheel: wheelActions,
    gaps: {},
    programs: ({ port, other, folder }) => [{
      program: process.env.GECKODRIVER || 'geckodriver',
      args: ['--allow-system-access', '--host', '127.0.0.1', '--port', String(port), '--websocket-port', String(other)],
      env: { HOME: folder, MOZ_HEADLESS_WIDTH: '500', MOZ_HEADLESS_HEIGHT: String(SIZE.height + 100) },
    }],
    capabilities: () => ({
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary: '/usr/bin/firefox-esr',
        args: ['-headless'],
        prefs: {
          'dom.w3c_touch_events.enabled': 1, 'browser.shell.checkDefaultBrowser': false, 'app.update.enabled': false,
          'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.enabled': false, 'network.captive-portal-service.enabled': false,
          'network.connectivity-service.enabled': false, 'extensions.getAddons.cache.enabled': false, 'media.gmp-manager.updateEnabled': false,
        },
      },
    }),
  },
  webkit: {
    name: 'WebKitGTK',
    versionOf: (agent) => /Version\/([\d.]+)/.exec(agent)?.[1],
    wheel: wheelActions,
    gaps: {
      touch: 'touches from its driver are taken for a tap and scroll nothing',
    },
    programs: ({ port, other, folder }) => {
      const { number, ...x } = screen(other);
      return [x, {
        program: 'WebKitWebDriver',
        args: [`--port=${port}`, '--host=127.0.0.1'],
        env: {
          DISPLAY: `:${number}`, HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CACHE_HOME: folder, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1',
          WEBKIT_DISABLE_DMABUF_RENDERER: '1', NO_AT_BRIDGE: '1', GTK_A11Y: 'none', GIO_USE_VFS: 'local', GSETTINGS_BACKEND: 'memory',
          DBUS_SESSION_BUS_ADDRESS: 'disabled:',
        },
      }];
    },
    capabilities: () => ({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } }),
  },
};

export { SIZE, pause };
