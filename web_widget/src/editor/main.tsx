import "../shared/tokens.css";
import "../shared/base.css";
import { render } from "preact";
import { Skeleton } from "../shared/components/skeleton";

const app = document.getElementById("app");
if (app) render(<Skeleton lines={6} />, app);
