/** Return the address of the page to sign in on, which leads back to `path`. */
export const signInAt = (path: string): string => `/account/sign-in?${new URLSearchParams({ return_to: path })}`;
