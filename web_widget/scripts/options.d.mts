import type { Plugin, UserConfig } from "vite";

export function pageOptions(outDir: string, plugins?: Plugin[]): UserConfig;
export function panelOptions(outDir: string, plugins?: Plugin[]): UserConfig;
export function loaderOptions(outDir: string, panelFile: string, plugins?: Plugin[]): UserConfig;
