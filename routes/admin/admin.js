// Pages that show work in progress say how often to look again; without this script they are loaded again by hand.
const main = document.querySelector("main");
const seconds = Number(main?.dataset.refreshSeconds);

async function refresh() {
  if (document.hidden || main.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (fresh) main.replaceChildren(...fresh.childNodes);
}

if (seconds > 0) setInterval(() => refresh().catch(() => {}), seconds * 1000);
