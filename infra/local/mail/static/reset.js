// Sends the new password with the token that stands in the address behind the #.
const form = document.querySelector("#form");
const passw = document.querySelector("#passw");
const answer = document.querySelector("#answer");

function show(accepted, ...lines) {
  answer.className = accepted ? "accepted" : "refused";
  answer.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
}

document.querySelector("#shown").addEventListener("change", (event) => {
  passw.type = event.target.checked ? "text" : "password";
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const reset_token = new URLSearchParams(location.hash.slice(1)).get("reset_token") ?? undefined;
  try {
    const reply = await fetch(form.dataset.endpoint, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ passw: passw.value, reset_token }),
    });
    const { message, details = [] } = await reply.json();
    show(reply.ok, message, ...details.map(({ field, message }) => `${field}: ${message}`));
    if (reply.ok) form.reset();
  } catch {
    show(false, "The service does not answer.");
  }
});
