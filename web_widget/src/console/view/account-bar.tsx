/** Who is signed in, whether they take chats, and the few choices of the console. */
import { BookOpen, Keyboard, LogOut, Menu as MenuIcon, Volume2, VolumeX } from "lucide";
import { Avatar } from "../../shared/components/avatar";
import { chime } from "../sound";
import { useBench, usePick } from "./bench";
import { Menu, type MenuItem } from "./menu";

export function AccountBar() {
  const { me, page, choices, desk, signOut } = useBench();
  const sound = choices.sound.value;
  const items: MenuItem[] = [
    {
      label: sound ? "Turn sound off" : "Turn sound on",
      icon: sound ? VolumeX : Volume2,
      run: () => {
        choices.sound.value = !sound;
        if (!sound) chime();
      },
    },
    { label: "Keyboard shortcuts", icon: Keyboard, run: () => (page.help.value = true) },
    ...(me.roles.includes("editor") ? [{ label: "Open the editor", icon: BookOpen, run: () => location.assign("/editor") }] : []),
    {
      label: "Sign out",
      icon: LogOut,
      run: () => {
        signOut().catch(() => {
          desk.dispatch({ type: "toast", tone: "bad", text: "Signing out did not reach the server. Try again in a moment." });
        });
      },
    },
  ];
  return (
    <header class="account">
      <Avatar role="agent" name={me.name} />
      <div class="account-words">
        <p class="account-name">{me.name}</p>
        <Availability />
      </div>
      <Menu icon={MenuIcon} label="Menu" items={items} align="end" />
    </header>
  );
}

function Availability() {
  const { desk } = useBench();
  const available = usePick((state) => state.available);
  const open = usePick((state) => state.link === "open");
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={available}
      aria-label="Take new chats"
      disabled={!open}
      onClick={() => desk.setAvailable(!available)}
    >
      <span class="switch-track" aria-hidden="true" />
      {available ? "Taking chats" : "Away"}
    </button>
  );
}
