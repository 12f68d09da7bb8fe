"""The words of the mails, in the languages of those who get them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """What a letter says: its blanks are filled in by whoever writes it."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""


HELLO: Mapping[str, str] = {"en": "Hello {name},", "ru": "Здравствуйте, {name}!"}
HELLO_SOMEBODY: Mapping[str, str] = {"en": "Hello,", "ru": "Здравствуйте!"}
_NOT_YOU_EN = "If it was not you, set a new password at once and tell the people who run {service}."
_NOT_YOU_RU = (
    "Если это были не вы, сразу задайте новый пароль и сообщите администраторам {service}."
)
WORDINGS: Mapping[tuple[str, str], Wording] = {
    ("reset", "en"): Wording(
        "Set a new password for {service}",
        (
            "Somebody, probably you, asked for a new password for your account at {service}.",
            "The link below works once, for {minutes} minutes.",
            "If it was not you, there is nothing to do: your password stays as it is.",
        ),
        "Set a new password",
    ),
    ("reset", "ru"): Wording(
        "Новый пароль для {service}",
        (
            "Кто-то – вероятно, вы – запросил новый пароль для вашей учётной записи в {service}.",
            "Ссылка ниже сработает один раз. Срок её действия в минутах: {minutes}.",
            "Если это были не вы, делать ничего не нужно: пароль останется прежним.",
        ),
        "Задать новый пароль",
    ),
    ("invitation", "en"): Wording(
        "Your account at {service}",
        (
            "An account was created for you at {service}.",
            "Set a password to use it. The link below works once, for {hours} hours.",
        ),
        "Set a password",
    ),
    ("invitation", "ru"): Wording(
        "Ваша учётная запись в {service}",
        (
            "Для вас создана учётная запись в {service}.",
            "Чтобы начать работу, задайте пароль. Ссылка ниже сработает один раз.",
            "Срок её действия в часах: {hours}.",
        ),
        "Задать пароль",
    ),
    ("sign_up", "en"): Wording(
        "Confirm your address for {service}",
        (
            "Somebody, probably you, signed up at {service} with this address.",
            "To have the account, follow the link below and enter the password that you chose.",
            "It works once, for {hours} hours.",
            "If it was not you, there is nothing to do: without this link there is no account.",
        ),
        "Confirm the address",
    ),
    ("sign_up", "ru"): Wording(
        "Подтвердите адрес для {service}",
        (
            "Кто-то – вероятно, вы – указал этот адрес при регистрации в {service}.",
            "Чтобы получить учётную запись, перейдите по ссылке ниже и введите выбранный пароль.",
            "Ссылка сработает один раз. Срок её действия в часах: {hours}.",
            "Если это были не вы, делать ничего не нужно: без этой ссылки записи не будет.",
        ),
        "Подтвердить адрес",
    ),
    ("sign_up_taken", "en"): Wording(
        "You have an account at {service} already",
        (
            "Somebody, probably you, signed up at {service} with this address. It has an account.",
            "Sign in with your password. If you do not remember it, the link below sets a new one.",
            "It works once, for {minutes} minutes.",
            "If it was not you, there is nothing to do: your account stays as it is.",
        ),
        "Set a new password",
    ),
    ("sign_up_taken", "ru"): Wording(
        "У вас уже есть учётная запись в {service}",
        (
            "Кто-то – вероятно, вы – указал этот адрес при регистрации в {service}.",
            "Учётная запись с ним уже есть: войдите с вашим паролем.",
            "Если вы его не помните, ссылка ниже позволит задать новый. Она сработает один раз.",
            "Срок её действия в минутах: {minutes}.",
            "Если это были не вы, делать ничего не нужно: учётная запись останется как есть.",
        ),
        "Задать новый пароль",
    ),
    ("sign_up_refused", "en"): Wording(
        "This address cannot be used to sign up at {service}",
        (
            "Somebody, probably you, signed up at {service} with this address.",
            "It belongs to an account that is disabled, or that has another address since lately.",
            "If you need an account, tell the people who run {service}.",
        ),
    ),
    ("sign_up_refused", "ru"): Wording(
        "С этим адресом нельзя зарегистрироваться в {service}",
        (
            "Кто-то – вероятно, вы – указал этот адрес при регистрации в {service}.",
            "Он принадлежит учётной записи, которая отключена или недавно сменила адрес.",
            "Если вам нужна учётная запись, сообщите администраторам {service}.",
        ),
    ),
    ("account_created", "en"): Wording(
        "Confirm your address for {service}",
        (
            "An account with this address was created for you at {service}.",
            "Confirm that the address is yours. The link below works once, for {hours} hours.",
            "If you do not know of any of this, there is nothing to do.",
        ),
        "Confirm the address",
    ),
    ("account_created", "ru"): Wording(
        "Подтвердите адрес для {service}",
        (
            "Для вас создана учётная запись с этим адресом в {service}.",
            "Подтвердите, что адрес ваш. Ссылка ниже сработает один раз.",
            "Срок её действия в часах: {hours}.",
            "Если вы об этом ничего не знаете, делать ничего не нужно.",
        ),
        "Подтвердить адрес",
    ),
    ("log_in_code", "en"): Wording(
        "Sign in to {service}",
        (
            "Somebody, probably you, wants to sign in to your account at {service}.",
            "The code for this is {code}.",
            "It works once, for {minutes} minutes, where it was asked for.",
            "The link below signs you in on the device that you open it on, instead of the code.",
            "If it was not you, there is nothing to do. Tell nobody the code.",
        ),
        "Sign in",
    ),
    ("log_in_code", "ru"): Wording(
        "Вход в {service}",
        (
            "Кто-то – вероятно, вы – хочет войти в вашу учётную запись в {service}.",
            "Код для входа: {code}.",
            "Он сработает один раз там, где его запросили. Срок его действия в минутах: {minutes}.",
            "Вместо кода можно открыть ссылку ниже: вход произойдёт на этом же устройстве.",
            "Если это были не вы, делать ничего не нужно. Никому не сообщайте код.",
        ),
        "Войти",
    ),
    ("password_changed", "en"): Wording(
        "Your password for {service} was changed",
        (
            "The password of your account at {service} was just changed.",
            "Everywhere else you were signed out.",
            _NOT_YOU_EN,
        ),
    ),
    ("password_changed", "ru"): Wording(
        "Пароль для {service} изменён",
        (
            "Пароль вашей учётной записи в {service} только что изменён.",
            "Другие сеансы завершены.",
            _NOT_YOU_RU,
        ),
    ),
    ("password_reset", "en"): Wording(
        "Your password for {service} was changed",
        (
            "A new password was just set for your account at {service}.",
            "You were signed out everywhere.",
            _NOT_YOU_EN,
        ),
    ),
    ("password_reset", "ru"): Wording(
        "Пароль для {service} изменён",
        (
            "Для вашей учётной записи в {service} только что задан новый пароль.",
            "Все сеансы завершены.",
            _NOT_YOU_RU,
        ),
    ),
    ("confirm_email", "en"): Wording(
        "Confirm your address for {service}",
        (
            "This address is to become that of your account at {service}.",
            "It counts once you confirm it. The link below works once, for {hours} hours.",
            "If it was not you, there is nothing to do: nothing changes.",
        ),
        "Confirm the address",
    ),
    ("confirm_email", "ru"): Wording(
        "Подтвердите адрес для {service}",
        (
            "Этот адрес указан как новый для вашей учётной записи в {service}.",
            "Он начнёт действовать, когда вы его подтвердите. Ссылка ниже сработает один раз.",
            "Срок её действия в часах: {hours}.",
            "Если это были не вы, делать ничего не нужно: всё останется как есть.",
        ),
        "Подтвердить адрес",
    ),
    ("email_taken", "en"): Wording(
        "You have an account at {service} with this address",
        (
            "Somebody asked to have this address for another account at {service}.",
            "It is that of your account, which stays as it is.",
            "If it was you, give this account another address first, or delete it.",
            "If it was not you, there is nothing to do.",
        ),
    ),
    ("email_taken", "ru"): Wording(
        "У вас уже есть учётная запись в {service} с этим адресом",
        (
            "Кто-то указал этот адрес для другой учётной записи в {service}.",
            "Это адрес вашей учётной записи, и она остаётся прежней.",
            "Если это были вы, сначала укажите для неё другой адрес или удалите её.",
            "Если это были не вы, делать ничего не нужно.",
        ),
    ),
    ("email_changing", "en"): Wording(
        "Your address for {service} is being changed",
        (
            "Somebody, probably you, asked for another address for your account at {service}.",
            "It takes the place of this one once it is confirmed.",
            "If it was not you, the link below keeps this address and ends every session.",
            "It works once, for {days} days. Then set a new password.",
        ),
        "Keep this address",
    ),
    ("email_changing", "ru"): Wording(
        "Адрес для {service} меняется",
        (
            "Кто-то – вероятно, вы – указал другой адрес для вашей учётной записи в {service}.",
            "Он заменит этот, когда будет подтверждён.",
            "Если это были не вы, ссылка ниже сохранит этот адрес и завершит все сеансы.",
            "Она сработает один раз, срок её действия в днях: {days}. Затем задайте новый пароль.",
        ),
        "Сохранить этот адрес",
    ),
    ("email_changed_from", "en"): Wording(
        "Your address for {service} was changed",
        (
            "Your account at {service} has another address from now on.",
            "You were signed out everywhere.",
            "If it was not you, the link below brings this address back and ends every session.",
            "It works once, for {days} days. Then set a new password.",
        ),
        "Bring this address back",
    ),
    ("email_changed_from", "ru"): Wording(
        "Адрес для {service} изменён",
        (
            "У вашей учётной записи в {service} теперь другой адрес.",
            "Все сеансы завершены.",
            "Если это были не вы, ссылка ниже вернёт этот адрес и завершит все сеансы.",
            "Она сработает один раз, срок её действия в днях: {days}. Затем задайте новый пароль.",
        ),
        "Вернуть этот адрес",
    ),
    ("email_changed_to", "en"): Wording(
        "Your address for {service} was changed",
        (
            "This is the address of your account at {service} from now on.",
            "You were signed out everywhere: sign in again with this address.",
        ),
    ),
    ("email_changed_to", "ru"): Wording(
        "Адрес для {service} изменён",
        (
            "Теперь это адрес вашей учётной записи в {service}.",
            "Все сеансы завершены: войдите снова с этим адресом.",
        ),
    ),
    ("email_restored", "en"): Wording(
        "Your address for {service} is the former one again",
        (
            "The change of address of your account at {service} was undone.",
            "You were signed out everywhere, and the password is void: its owner sets a new one.",
            _NOT_YOU_EN,
        ),
    ),
    ("email_restored", "ru"): Wording(
        "Для {service} снова действует прежний адрес",
        (
            "Изменение адреса вашей учётной записи в {service} отменено.",
            "Все сеансы завершены, пароль больше не действует: владелец задаёт новый.",
            _NOT_YOU_RU,
        ),
    ),
    ("new_device", "en"): Wording(
        "New sign-in to {service}",
        (
            "Your account at {service} was just signed in to on a new device.",
            "Device: {device}. Network address: {ip_address}.",
            _NOT_YOU_EN,
        ),
    ),
    ("new_device", "ru"): Wording(
        "Новый вход в {service}",
        (
            "В вашу учётную запись в {service} только что вошли с нового устройства.",
            "Устройство: {device}. Сетевой адрес: {ip_address}.",
            _NOT_YOU_RU,
        ),
    ),
    ("session_theft", "en"): Wording(
        "You were signed out of {service} on one device",
        (
            "A session of your account at {service} was used from two places.",
            "This happens when somebody has copied it. It was ended, for both.",
            "Set a new password if you do not know how this came about.",
        ),
    ),
    ("session_theft", "ru"): Wording(
        "Сеанс в {service} завершён",
        (
            "Сеансом вашей учётной записи в {service} пользовались из двух мест.",
            "Так бывает, если кто-то его скопировал. Он завершён для обоих.",
            "Если вы не знаете, как это вышло, задайте новый пароль.",
        ),
    ),
    ("second_factors_reset", "en"): Wording(
        "Your second factors for {service} were removed",
        (
            "An administrator removed all second factors of your account at {service}.",
            "Your authenticator app, passkeys and recovery codes do not work any more.",
            "You were signed out everywhere. Sign in with your password, and set them up anew.",
            "If you did not ask for this, set a new password at once.",
            "Then tell the people who run {service}.",
        ),
    ),
    ("second_factors_reset", "ru"): Wording(
        "Второй фактор входа в {service} удалён",
        (
            "Администратор удалил все вторые факторы вашей учётной записи в {service}.",
            "Приложение для кодов, ключи доступа и резервные коды больше не действуют.",
            "Все сеансы завершены. Войдите с паролем и настройте второй фактор заново.",
            "Если вы об этом не просили, сразу задайте новый пароль.",
            "Затем сообщите администраторам {service}.",
        ),
    ),
    ("totp_enabled", "en"): Wording(
        "Your authenticator app for {service} was added",
        (
            "From now on, signing in to your account at {service} takes a code of your app, too.",
            "Keep the recovery codes where you will find them without your phone.",
            _NOT_YOU_EN,
        ),
    ),
    ("totp_enabled", "ru"): Wording(
        "Приложение для кодов в {service} подключено",
        (
            "Теперь при входе в вашу учётную запись в {service} нужен и код из приложения.",
            "Храните резервные коды там, где найдёте их без телефона.",
            _NOT_YOU_RU,
        ),
    ),
    ("totp_disabled", "en"): Wording(
        "Your authenticator app for {service} was removed",
        (
            "Signing in to your account at {service} asks for no codes of your app any more.",
            _NOT_YOU_EN,
        ),
    ),
    ("totp_disabled", "ru"): Wording(
        "Приложение для кодов в {service} отключено",
        (
            "При входе в вашу учётную запись в {service} код из приложения больше не нужен.",
            _NOT_YOU_RU,
        ),
    ),
    ("recovery_codes_renewed", "en"): Wording(
        "You have new recovery codes for {service}",
        (
            "New recovery codes were just made for your account at {service}.",
            "Those that you had before do not work any more.",
            _NOT_YOU_EN,
        ),
    ),
    ("recovery_codes_renewed", "ru"): Wording(
        "Новые резервные коды для {service}",
        (
            "Для вашей учётной записи в {service} только что созданы новые резервные коды.",
            "Прежние больше не действуют.",
            _NOT_YOU_RU,
        ),
    ),
    ("recovery_code_used", "en"): Wording(
        "A recovery code for {service} was used",
        (
            "A recovery code of your account at {service} was just used.",
            "Recovery codes that are left: {codes_left}.",
            _NOT_YOU_EN,
        ),
    ),
    ("recovery_code_used", "ru"): Wording(
        "Использован резервный код для {service}",
        (
            "Резервный код вашей учётной записи в {service} только что использован.",
            "Осталось резервных кодов: {codes_left}.",
            _NOT_YOU_RU,
        ),
    ),
    ("second_factor_guessed", "en"): Wording(
        "Somebody may have your password for {service}",
        (
            "Somebody entered the right password, or mailed code, for your account at {service}.",
            "Then they failed at the second factor, five times, and were not let in.",
            _NOT_YOU_EN,
        ),
    ),
    ("second_factor_guessed", "ru"): Wording(
        "Возможно, кто-то знает ваш пароль для {service}",
        (
            "Кто-то ввёл верный пароль или код из письма для вашей учётной записи в {service}.",
            "Затем он пять раз не прошёл вторую проверку и не вошёл.",
            _NOT_YOU_RU,
        ),
    ),
    ("passkey_added", "en"): Wording(
        "A passkey was added to your account at {service}",
        (
            "Your account at {service} may now be signed in to with one more passkey.",
            "If it was not you, remove it and set a new password at once.",
            "Then tell the people who run {service}.",
        ),
    ),
    ("passkey_added", "ru"): Wording(
        "Добавлен ключ доступа к {service}",
        (
            "В вашу учётную запись в {service} теперь можно войти ещё одним ключом доступа.",
            "Если это были не вы, сразу удалите его и задайте новый пароль.",
            "Затем сообщите администраторам {service}.",
        ),
    ),
    ("passkey_removed", "en"): Wording(
        "A passkey was removed from your account at {service}",
        (
            "One of the passkeys of your account at {service} does not open it any more.",
            _NOT_YOU_EN,
        ),
    ),
    ("passkey_removed", "ru"): Wording(
        "Ключ доступа к {service} удалён",
        (
            "Один из ключей доступа к вашей учётной записи в {service} больше не действует.",
            _NOT_YOU_RU,
        ),
    ),
    ("passkey_refused", "en"): Wording(
        "A passkey of your account at {service} was refused",
        (
            "A passkey of your account at {service} was used out of turn.",
            "This happens when somebody has copied it. It opened nothing.",
            "If you do not know how this came about, remove it from your account.",
        ),
    ),
    ("passkey_refused", "ru"): Wording(
        "Ключ доступа к {service} отклонён",
        (
            "Ключом доступа к вашей учётной записи в {service} воспользовались не в свой черёд.",
            "Так бывает, если кто-то его скопировал. Вход не выполнен.",
            "Если вы не знаете, как это вышло, удалите этот ключ из учётной записи.",
        ),
    ),
    ("account_deleted", "en"): Wording(
        "Your account at {service} was deleted",
        (
            "Your account at {service} was just deleted.",
            "If you did not ask for this, tell the people who run {service}.",
        ),
    ),
    ("account_deleted", "ru"): Wording(
        "Учётная запись в {service} удалена",
        (
            "Ваша учётная запись в {service} только что удалена.",
            "Если вы об этом не просили, сообщите администраторам {service}.",
        ),
    ),
}
