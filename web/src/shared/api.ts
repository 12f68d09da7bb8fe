import { QueryClient } from "@tanstack/react-query";
import { Users, UsersError } from "users-service-client";

const RETRIES = 1;

/** This browser's way to the service: its tokens are in cookies that no script can read. */
export const users = new Users({
  baseUrl: location.origin,
  delivery: "cookie",
  fetch: (request) => {
    // the messages of fields come in the language of the page
    request.headers.set("Accept-Language", document.documentElement.lang);
    return fetch(request);
  },
});

export const { api } = users;

/** Tell whether the same call may well succeed in a moment: no network, or a service that is busy. */
const isPassing = (error: unknown): boolean => !(error instanceof UsersError) || error.status === 503;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // what does not answer twice is said, with a button to try again
      retry: (failures, error) => failures < RETRIES && isPassing(error),
      // whether there is a network only a call can tell: browsers guess
      networkMode: "always",
      staleTime: 30_000,
    },
  },
});
