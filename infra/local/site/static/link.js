// Finishes what a mail's link began, with the token that stands in the address behind the #.
// Nothing happens before a button is pressed: mail scanners open links, too.
const answer = document.querySelector("#answer");
const forms = [...document.querySelectorAll("form")];

// what the link carries: a token, or a challenge with its code
const carried = () => new URLSearchParams(location.hash.slice(1));

function show(accepted, ...lines) {
  answer.className = accepted ? "accepted" : "refused";
  answer.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
}

// the first is for an address without a token, which the service then misses
function choose() {
  const chosen = forms.find((form) => carried().has(form.dataset.token)) ?? forms[0];
  for (const form of forms) form.hidden = form !== chosen;
  document.title = chosen.querySelector("h2").textContent;
}

// a sign-up is confirmed with the password that was chosen for it, a change of address without
function ask(form) {
  const field = form.elements.passw;
  field.closest("div").hidden = field.disabled = false;
  field.focus();
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const body = Object.fromEntries([...carried(), ...new FormData(form)]);
  try {
    const reply = await fetch(form.dataset.endpoint, {
      method: form.dataset.method,
      // tokens, if any come, are for the browser to keep
      headers: { "Content-Type": "application/json", "X-Token-Delivery": "cookie" },
      body: JSON.stringify(body),
    });
    const { user, message = `Signed in as ${user?.email}`, details = [], reset_token } = await reply.json();
    if (form.elements.passw?.disabled && details.some(({ field }) => field === "passw")) return ask(form);
    show(reply.ok, message, ...details.map(({ field, message }) => `${field}: ${message}`));
    if (reply.ok) form.reset();
    if (reset_token) location.hash = new URLSearchParams({ reset_token });
  } catch {
    show(false, "The service does not answer.");
  }
}

for (const form of forms) form.addEventListener("submit", submit);
for (const box of document.querySelectorAll("[type=checkbox]")) {
  box.addEventListener("change", () => { box.form.elements.passw.type = box.checked ? "text" : "password"; });
}
addEventListener("hashchange", choose);
choose();
