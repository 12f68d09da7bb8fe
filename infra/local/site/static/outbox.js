// Shows new mails, or events, as they come. Where there are no scripts, the page loads itself anew now and then.
const POLL_MILLISECONDS = 1000;
const notice = document.querySelector("#notice");

async function update() {
  const mails = document.querySelector("[data-version]");
  const head = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
  if (head.headers.get("etag") === `"${mails.dataset.version}"`) return "";
  const answer = await fetch(location.pathname, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-version]");
  // what stands there stays, with whatever somebody is doing in it; what does not any more goes
  for (const shown of [...mails.children]) {
    const same = shown.id && fresh.querySelector(`#${shown.id}`);
    if (same) same.remove();
    else shown.remove();
  }
  mails.prepend(...fresh.children);
  mails.dataset.version = fresh.dataset.version;
  return mails.dataset.news;
}

async function watch() {
  if (!document.hidden) {
    notice.textContent = await update().catch(() => document.querySelector("[data-version]").dataset.lost);
  }
  setTimeout(watch, POLL_MILLISECONDS);
}

watch();
