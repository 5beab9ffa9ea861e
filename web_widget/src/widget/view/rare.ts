/** The parts that few conversations need: fetched apart, a moment after the panel, with their styles. */
import foundStyles from "../found.css?inline";
import rareStyles from "../rare.css?inline";
import tellStyles from "../tell.css?inline";

export { ArticleHtml } from "../../shared/components/article-html";
export { ArticleView } from "./article-view";
export { Finder, Sheet } from "./finder";
export { DetailsForm } from "./details-form";
export { MenuList } from "./menu-list";
export { PageArticles } from "./page-articles";
export { RatingForm } from "./rating-form";
export { Waiting } from "./waiting";

let sheet: CSSStyleSheet | null = null;

/** Puts the styles into the root in which these parts are drawn, once. */
export function dress(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(rareStyles + foundStyles + tellStyles);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
