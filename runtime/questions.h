/* questions.h - what to find out next about a lead, in the order of what it would decide.
 *
 * A question is a fact that nobody knows, and that stands in a condition which does not hold yet.
 * It counts for a clause when the clause would be nearer if the fact were known and helped: then
 * less is missing for it.
 *
 *     1. lead.start    promote inquiry to MQL: completes at least 3 of (…); 1 more is missing
 *     2. …
 *
 * First comes what a clause lacks alone, then what leaves least missing beside it. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "runtime/story.h"

/* Of the leads of the story's account, as the engine has them now. */
void questions_text(const story *story, treaty_engine *engine, buffer *out);
void questions_json(const story *story, treaty_engine *engine, buffer *out);

#endif
