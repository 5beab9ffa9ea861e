export const panel = "panel";
