/** The parts that few conversations need: fetched apart, a moment after the panel. */
export { ArticleHtml } from "../../shared/components/article-html";
export { ArticleView } from "./article-view";
export { Finder, Sheet } from "./finder";
export { DetailsForm } from "./details-form";
export { MenuList } from "./menu-list";
export { PageArticles } from "./page-articles";
export { RatingForm } from "./rating-form";
export { Waiting } from "./waiting";
