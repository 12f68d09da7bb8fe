import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type components, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";

export type Webhook = components["schemas"]["WebhookView"];
export type WebhookDraft = components["schemas"]["WebhookSchema"];
export type EventName = WebhookDraft["events"][number];
export type Delivery = components["schemas"]["DeliveryView"];

export const webhooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async ({ signal }) => unwrap(await api.GET("/api/v1/server/webhooks", { signal })).webhooks,
});

export const deliveriesQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ["webhooks", name, "deliveries"],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { name }, query: { limit: 25, ...(pageParam && { cursor: pageParam }) } };
      return unwrap(await api.GET("/api/v1/server/webhooks/{name}/deliveries", { params, signal }));
    },
    getNextPageParam: (last) => last.cursor,
  });

/** Make or change a webhook; the answer has a secret if that is new. Throws `UsersError`. */
export async function saveWebhook(name: string, body: WebhookDraft): Promise<Webhook> {
  return unwrap(await api.PUT("/api/v1/server/webhooks/{name}", { ...at(name), body }));
}

/** Delete a webhook; throws `UsersError`. */
export async function deleteWebhook(name: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/server/webhooks/{name}", at(name)));
}

/** Send the webhook an event that says nothing; throws `UsersError`. */
export async function testWebhook(name: string): Promise<void> {
  unwrap(await api.POST("/api/v1/server/webhooks/{name}/test", at(name)));
}

/** Begin a delivery anew; throws `UsersError`. */
export async function redeliver(name: string, delivery_id: string): Promise<void> {
  const params = { path: { name, delivery_id } };
  unwrap(await api.POST("/api/v1/server/webhooks/{name}/deliveries/{delivery_id}", { params }));
}

const at = (name: string) => ({ params: { path: { name } } });
