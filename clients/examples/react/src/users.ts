import { Users } from "users-service-client";

// page and service are one site, so the tokens can be where no script reads them
export const users = new Users({
  baseUrl: import.meta.env.VITE_USERS_URL ?? "http://localhost:3000",
  delivery: "cookie",
});
