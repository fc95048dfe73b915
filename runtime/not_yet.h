/* not_yet.h - why the leads of an account are not at a stage: the nearest way there, what is
 * missing on it, and what time alone will bring.
 *
 * What time brings is not guessed: the engine is let run on, with no further event, and what it
 * decides is told. So it is of no use for anything else afterwards. */
#ifndef NOT_YET_H
#define NOT_YET_H

#include "runtime/story.h"

/* So far the engine runs on; by then time has done what it will do about a lead, or is taken not
 * to. */
#define NOT_YET_YEARS 5

typedef struct not_yet {
  const story *story; /* of the account, up to now */
  treaty_engine *engine;
  const char *stage;
} not_yet;

/* Whether the treaty has the stage; else a sentence said which it may be. */
bool not_yet_knows(const treaty_program *program, const char *stage);

/* False: no memory. */
TREATY_MUST_USE bool not_yet_text(const not_yet *asked, buffer *out);
TREATY_MUST_USE bool not_yet_json(const not_yet *asked, buffer *out);

#endif
