"use strict";

const page = document.querySelector("#swagger-ui");

// a field that Swagger UI gives no name to, has that of what it is for
function nameOf(field) {
  if (field.id === "servers") return "Server";
  if (field.matches(".examples-select-element")) return "Example";
  if (field.matches(".body-param__text")) return "Body";
  return field.closest("[data-param-name]")?.dataset.paramName ?? field.placeholder ?? "Value";
}

function mend() {
  const nameless = "select:not([aria-label]), textarea:not([aria-label]), input:not([aria-label])";
  for (const field of page.querySelectorAll(nameless)) field.setAttribute("aria-label", nameOf(field) || "Value");
  page.querySelector(".close-modal")?.setAttribute("aria-label", "Close");
  // what scrolls has to be reached without a mouse
  for (const code of page.querySelectorAll("pre.microlight")) code.tabIndex = 0;
}

new MutationObserver(mend).observe(page, { childList: true, subtree: true });

// ui: also for what `make run` adds to this page
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  domNode: page,
  displayOperationId: true,
  tryItOutEnabled: true,
  // a link within a button is one that not everybody can follow
  deepLinking: false,
  // else it asks a validator on the internet about this address
  validatorUrl: null,
});
