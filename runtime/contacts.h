/* contacts.h - whether the leads of an account, and who in it, may be contacted now, and if not,
 * when. */
#ifndef CONTACTS_H
#define CONTACTS_H

#include "runtime/story.h"

typedef struct contacts {
  const story *story;
  const char *party;  /* NULL: each that makes contacts */
  treaty_text person; /* bytes NULL: the account, and each of its people */
} contacts;

/* Whether some event is a contact by the party; else a sentence said whose there are. */
bool contacts_knows(const treaty_program *program, const char *party);

void contacts_text(const contacts *asked, treaty_engine *engine, buffer *out);
void contacts_json(const contacts *asked, treaty_engine *engine, buffer *out);

#endif
