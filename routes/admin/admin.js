// Pages that show work in progress say how often to look again; without this script they are loaded again by hand.
const main = document.querySelector("main");
const seconds = Number(main?.dataset.refreshSeconds);

async function refresh() {
  if (document.hidden || main.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // Signed out meanwhile.
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (fresh) update([...main.children], [...fresh.children]);
}

// What is as it was stays, so that it is not read out again, and a table stays where it was scrolled to.
function update(shown, fresh) {
  if (shown.length !== fresh.length) return main.replaceChildren(...fresh);
  shown.forEach((part, place) => part.isEqualNode(fresh[place]) || part.replaceWith(fresh[place]));
}

if (seconds > 0) setInterval(() => refresh().catch(() => {}), seconds * 1000);
