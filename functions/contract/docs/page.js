"use strict";

// ui: also for what `make run` adds to this page
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayOperationId: true,
  tryItOutEnabled: true,
  // else it asks a validator on the internet about this address
  validatorUrl: null,
});
