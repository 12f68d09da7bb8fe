"""Every message of ours in Russian, by what it is in English.

A message that says something of the request has a placeholder, whose form is in ``PLACEHOLDERS``.
Russian declines words after a number, so there the number stands last.
"""

from collections.abc import Mapping

PLACEHOLDERS: Mapping[str, str] = {
    "number": r"-?[0-9]+",
    "permission": r"[a-z_]+:[a-z_]+|\*",
    # as pydantic lists literals: 'a', 'b' or 'c'
    "literals": r"'[a-z_-]+'(?:(?:, | or )'[a-z_-]+')*",
}

MESSAGES: Mapping[str, str] = {
    # errors
    "An unexpected error occurred": "Произошла непредвиденная ошибка",
    "Request body is not valid JSON": "Тело запроса – не JSON-объект",
    "Request is not an HTTP API event": "Запрос – не событие HTTP API",
    "Authentication required": "Требуется вход в аккаунт",
    "Invalid email or password": "Неверный адрес или пароль",
    "Invalid code": "Неверный код",
    "Invalid passkey": "Неверный ключ доступа",
    "Permission {permission} required": "Требуется право {permission}",
    "A user's own token is required": "Требуется токен самого пользователя",
    "Back-ends give the default role only": "Бэкенды назначают только роль по умолчанию",
    "Confirm your identity first": "Сначала подтвердите, что это вы",
    "Codes by e-mail are switched off": "Вход по коду из письма отключён",
    "Passkeys are switched off": "Ключи доступа отключены",
    "This is up to an administrator": "Это может сделать только администратор",
    "The bot check was not passed": "Проверка на робота не пройдена",
    "A second factor is required": "Требуется второй фактор",
    "Your role demands a second factor, add another one first": (
        "Ваша роль требует второго фактора: сначала добавьте другой"
    ),
    "Add a second factor first": "Сначала добавьте второй фактор",
    "Search is being set up, not everybody can be found yet": (
        "Поиск ещё настраивается: пока найти можно не всех"
    ),
    "Must have a word of at least 2 letters or digits": (
        "Нужно слово хотя бы из двух букв или цифр"
    ),
    "Must be what an event is called": "Должно быть названием события",
    "Must be a time such as 2024-01-31T12:00:00Z": (
        "Должно быть временем вроде 2024-01-31T12:00:00Z"
    ),
    "Must have at most 8 words": "Должно быть не больше восьми слов",
    "Does not go with search or email": "Не сочетается с search и email",
    "Events and webhooks are switched off": "События и вебхуки отключены",
    "Webhook not found": "Вебхук не найден",
    "Delivery not found": "Доставка не найдена",
    "There are too many webhooks, delete one of them first": (
        "Слишком много вебхуков: сначала удалите один из них"
    ),
    "User not found": "Пользователь не найден",
    "Requests have to come through the service's public address": (
        "Запросы принимаются только через публичный адрес сервиса"
    ),
    "Sign-up is closed": "Регистрация закрыта",
    "No such endpoint": "Такого адреса в API нет",
    "This endpoint has other methods": "У этого адреса другие методы",
    "User already exists": "Пользователь уже существует",
    "Role not found": "Роль не найдена",
    "The last administrator cannot be removed": "Последнего администратора удалить нельзя",
    "Role is in use": "Роль используется",
    "Built-in roles cannot be deleted": "Встроенные роли удалить нельзя",
    "The back-end has too many tokens, end one of them first": (
        "У бэкенда слишком много токенов: сначала отзовите один из них"
    ),
    "Passkey not found": "Ключ доступа не найден",
    "Passkey already exists": "Такой ключ доступа уже есть",
    "Remove a passkey first": "Сначала удалите один из ключей доступа",
    "Reset token is invalid or has expired": "Токен сброса пароля недействителен или истёк",
    "E-mail token is invalid or has expired": "Токен из письма недействителен или истёк",
    "Undo token is invalid or has expired": "Токен отмены недействителен или истёк",
    "Challenge is invalid or has expired": "Запрос на вход недействителен или истёк",
    "Request body is larger than 16 KiB": "Тело запроса больше 16 КиБ",
    "Content-Type must be application/json": "Content-Type должен быть application/json",
    "Required parameters missing": "Не хватает обязательных параметров",
    "Invalid parameters": "Неверные параметры",
    "Too many attempts, try again later": "Слишком много попыток, повторите позже",
    "The service is temporarily unavailable, try again": (
        "Сервис временно недоступен, повторите попытку"
    ),
    "A request with this Idempotency-Key is being answered": (
        "Запрос с этим Idempotency-Key ещё выполняется"
    ),
    # faults of fields, whatever the field
    "This field is required": "Обязательное поле",
    "Unknown field": "Неизвестное поле",
    "Invalid value": "Недопустимое значение",
    "Must be a string": "Должно быть строкой",
    "Must be true or false": "Должно быть true или false",
    "Must be a whole number": "Должно быть целым числом",
    "Must be a list": "Должно быть списком",
    "Must be an object": "Должно быть объектом",
    "Must be {literals}": "Допустимо: {literals}",
    "Must be valid Unicode text": "Должно быть верным текстом Unicode",
    "Must not be empty": "Не должно быть пустым",
    "Must be at least {number} characters": "Наименьшее число символов: {number}",
    "Must be at most {number} characters": "Наибольшее число символов: {number}",
    "Must be at least {number}": "Не меньше {number}",
    "Must be at most {number}": "Не больше {number}",
    "Must have at most {number} items": "Наибольшее число элементов: {number}",
    "Must have at least {number} of them": "Наименьшее число элементов: {number}",
    # faults of certain fields
    "Must be 8 digits": "Должно быть 8 цифр",
    "Must be 6 digits": "Должно быть 6 цифр",
    "Must be 6 digits, or a recovery code": "Должно быть 6 цифр или резервный код",
    "This is not a code of the new secret": "Это не код от нового секрета",
    "This is not a code that works": "Этот код не подходит",
    "Must be an e-mail address": "Должно быть адресом электронной почты",
    "Must be up to 254 ASCII characters without spaces": ("До 254 символов ASCII без пробелов"),
    "Must be up to 64 of a to z, 0 to 9 and _, beginning with a letter": (
        "До 64 символов a–z, 0–9 и _, первым – буква"
    ),
    "Must be *, or two words of up to 32 of a to z and _ with a colon between": (
        "Либо *, либо два слова до 32 символов a–z и _ через двоеточие"
    ),
    "Is no permission of this service": "Такого права у этого сервиса нет",
    "Must have no links and no signs that reorder text": (
        "Без ссылок и без знаков, меняющих порядок текста"
    ),
    "Must be readable text without control characters": (
        "Должно быть читаемым текстом без управляющих символов"
    ),
    "Send either code or passkey": "Укажите либо code, либо passkey",
    "This is not a passkey that works": "Этот ключ доступа не подходит",
    "Is no type of event": "Такого типа событий нет",
    "Must be a web address": "Должно быть веб-адресом",
    "Must be up to {number} ASCII characters of a web address": (
        "Веб-адрес из символов ASCII, не длиннее {number}"
    ),
    "Must name no user": "Без имени пользователя",
    "Must have no fragment": "Без части после #",
    "Must begin with https:// and have no port but 443": (
        "Должно начинаться с https:// и не иметь другого порта, кроме 443"
    ),
    "Must name a host of the internet, in ASCII (xn--... if it has others)": (
        "Имя узла интернета, в ASCII (xn--..., если в нём есть другие символы)"
    ),
    "Send either passw or invite": "Укажите либо passw, либо invite",
    "Send at least one field to change": "Укажите хотя бы одно изменяемое поле",
    "A back-end has no mailbox to confirm it": "У бэкенда нет почты, чтобы подтвердить адрес",
    "Must include *": "Должно включать *",
    "Is demanded by the deployment": "Задано настройками сервиса",
    "Back-ends have none": "У бэкендов его нет",
    "Is fixed for a built-in role": "У встроенной роли не меняется",
    "Must be 16 to 128 ASCII characters": "От 16 до 128 символов ASCII",
    "Was used with another request": "Использован с другим запросом",
    "Is not a cursor of this list": "Это не курсор этого списка",
    "Is a role of people": "Это роль для людей",
    "Is a role of back-ends": "Это роль для бэкендов",
    "There is no such role": "Такой роли нет",
    "Must be service or a role of back-ends that permits no more": (
        "Либо service, либо роль для бэкендов с правами не шире"
    ),
    "This is not the current password": "Это не текущий пароль",
    "This is not the password of the sign-up": "Это не тот пароль, что указан при регистрации",
    "Must be base64url without padding, of at most {number} bytes": (
        "Должно быть base64url без дополнения; наибольшее число байт: {number}"
    ),
    "Must be enrol or confirm": "Либо enrol, либо confirm",
    "Must be up to 32 of a to z and -": "До 32 символов a–z и -",
    # passkeys that were made
    "It cannot be read": "Не удаётся прочитать",
    "It is the answer to something else": "Это ответ на другой запрос",
    "The challenge is another": "Это ответ на другой вызов",
    "The origin of the page is none of this service's": (
        "Страница открыта не с адреса этого сервиса"
    ),
    "The page is in a frame of another site": "Страница открыта во фрейме другого сайта",
    "It was made for another relying party": "Ключ создан для другого сервиса",
    "Nobody was present": "Присутствие пользователя не подтверждено",
    "The authenticator has not verified who uses it": "Устройство не проверило, кто им пользуется",
    "What cannot be backed up says that it is": "Ключ без копий сообщает, что они есть",
    "There is no new credential in it": "В ответе нет нового ключа",
    "The credential has another id": "У ключа другой идентификатор",
    "The credential's id is empty or too long": "Идентификатор ключа пуст или слишком длинен",
    "The key is of an algorithm that was not asked for": "Алгоритм ключа не из запрошенных",
    "The key is none of its algorithm": "Ключ не соответствует своему алгоритму",
    # new passwords
    "Must not be one letter or digit repeated": "Не должен быть повторением одного символа",
    "Must not be the person's own e-mail or name, even with digits or signs added": (
        "Не должен быть адресом или именем самого человека, даже с цифрами или знаками"
    ),
    "Must not be the name of this service, even with digits or signs added": (
        "Не должен быть названием этого сервиса, даже с цифрами или знаками"
    ),
    "Is among the passwords that attackers try first; choose a less common one": (
        "Один из паролей, которые подбирают первыми: выберите менее распространённый"
    ),
    "Is known from a data breach; choose one that is used nowhere else": (
        "Известен из утечки данных: выберите такой, которого больше нигде нет"
    ),
    # successes
    "Resource created successfully": "Ресурс успешно создан",
    "Signed out": "Вы вышли из аккаунта",
    "Identity confirmed": "Личность подтверждена",
    "Email restored": "Прежний адрес восстановлен",
    "Email confirmed": "Адрес подтверждён",
    "Password updated": "Пароль изменён",
    "User deleted; what remains is the audit trail, without personal data": (
        "Пользователь удалён; остаётся только журнал без персональных данных"
    ),
    "A mail to this address says how to go on": "Что делать дальше, сказано в письме на этот адрес",
    "If there is such an account, a mail is on its way": (
        "Если такой аккаунт есть, письмо уже в пути"
    ),
    "If the address is free, a mail that confirms it is on its way": (
        "Если адрес свободен, письмо для его подтверждения уже в пути"
    ),
}
