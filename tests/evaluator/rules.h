/* rules.h - treaties at random: all that check, over one fixed vocabulary. */
#ifndef RULES_H
#define RULES_H

#include "dice.h"
#include "treaty.h"

/* Events of the vocabulary; each has the fields n, k, f, s, r, d, t, in this order. */
enum { RULES_EVENTS = 8, RULES_TAKE = 4, RULES_FIELDS = 7 };
extern const char *const rules_events[RULES_EVENTS], *const rules_fields[RULES_FIELDS];

/* Of a field there are so many values, from 0; each as an event brings it. */
extern const int rules_values[RULES_FIELDS];
treaty_value rules_value(int field, int number);

/* `with_people`: it may give leads to people, for which all accounts must be together. */
/* A treaty's text, NUL-terminated, to be freed. */
char *rules_random(dice *dice, bool with_people);

/* NULL: they do not check; `tells`: why not. To be freed. */
treaty_program *rules_load(const char *text, bool tells);

#endif
