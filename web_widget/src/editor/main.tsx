/** Puts the editor together and onto the page. The only place that knows every part. */
import "../shared/tokens.css";
import "../shared/base.css";
import "../help/prose.css";
import "./editor.css";
import { render } from "preact";
import { Backups, browserStorage } from "./backup";
import { createLibrary } from "./http";
import { createNavigation } from "./navigation";
import { Session } from "./session";
import { App } from "./view/app";
import { World } from "./view/context";

const app = document.getElementById("app");
if (app) {
  const library = createLibrary((status) => session.refused(status));
  const session = new Session(library);
  const { route, go, guard } = createNavigation(window);
  const world = { library, session, backups: new Backups(browserStorage()), go, guard };
  render(
    <World.Provider value={world}>
      <App route={route} />
    </World.Provider>,
    app,
  );
}
