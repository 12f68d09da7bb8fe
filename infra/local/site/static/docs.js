// On the page /docs of this machine: what a newcomer would have to look up and paste.
const button = document.createElement("button");
button.type = "button";
button.textContent = "Authorise as the local administrator";
const said = document.createElement("output");

async function authorise() {
  const known = await fetch("/_local/administrator.json");
  const { email, passw } = await known.json();
  const answer = await fetch("/api/v1/public/users/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, passw }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  window.ui.preauthorizeApiKey("accessToken", body.access_token);
  return `Authorised as ${email} for ${Math.round(body.expires_in / 60)} minutes`;
}

button.addEventListener("click", async () => {
  said.textContent = "…";
  said.textContent = await authorise().catch((error) => `Not authorised: ${error.message}`);
});

const bar = document.createElement("section");
bar.ariaLabel = "Of this machine alone";
bar.className = "local-bar";
bar.append(button, said);
document.body.prepend(bar);
