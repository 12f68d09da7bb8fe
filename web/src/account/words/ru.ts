import type { Entries } from "../../shared/i18n.js";
import { ru as shared } from "../../shared/words/ru.js";
import type { en } from "./en.js";

/** What /account says, in Russian. */
export const ru: Entries<keyof typeof en> = {
  ...shared,
  "field.email": "Электронная почта",
  "field.password": "Пароль",

  "sign_in.title": "Вход",
  "sign_in.to": "в {name}",
  "sign_in.button": "Войти",

  "nav.overview": "Ваш аккаунт",
  "overview.title": "Ваш аккаунт",

  "not_found.title": "Такой страницы нет",
};
