// What `import.meta.url` is in a classic script.
export const __cliffhangerScriptUrl = typeof document === 'undefined' ? undefined : document.currentScript?.src;
