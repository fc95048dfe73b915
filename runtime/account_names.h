/* account_names.h - telling somebody who asks for an account that a feed does not name. */
#ifndef ACCOUNT_NAMES_H
#define ACCOUNT_NAMES_H

#include "treaty.h"

/* Says that no accepted event is for it, with the accounts that may have been meant. */
void account_names_say_none(treaty_engine *engine, treaty_text account);

#endif
