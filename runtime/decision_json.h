/* decision_json.h - a decision as a CloudEvent, one line (docs/protocol.md). */
#ifndef DECISION_JSON_H
#define DECISION_JSON_H

#include "runtime/buffer.h"
#include "treaty.h"

/* Adds the JSON object, without a line end. The same decision gives the same bytes. */
void decision_json(buffer *out, const treaty_decision *decision);

/* Adds one readable line, without a line end. Its times are in the program's zone; without a
 * program, in UTC. */
void decision_text(buffer *out, const treaty_program *program, const treaty_decision *decision);

/* Adds what the line says of the decision itself, without when, whose and where: "offered to
 * sales, answer due …". */
void decision_phrase(buffer *out, const treaty_program *program, const treaty_decision *decision);

/* Adds a row that a play offers: "references Muster AG (machinery, DE)". */
void decision_put_reference(buffer *out, const treaty_reference *row);

#endif
