declare const __PANEL_FILE__: string;

void import(/* @vite-ignore */ new URL(__PANEL_FILE__, (document.currentScript as HTMLScriptElement).src).href);
