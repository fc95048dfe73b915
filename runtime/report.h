/* report.h - who was offered what, who answered in time, who did in time what was owed, and how
 * fast: a row for each agreement, party, clause and month, or for whichever of these are asked for.
 *
 *     decisions -> ledger -> hand-overs and duties that began in the period
 *                                 sorted by their parts, equal ones together:
 *     loan desk | desk | loan_desk.treaty:55 | 2011-10 | 13 7 21 ...      one row, one tally
 *                                            | 2011-11 | 4 9 ...
 *
 * A hand-over belongs, with all that became of it, to the month in which it was offered, a duty to
 * the month in which it began, what somebody decided to the month of that. Each row is of one kind.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/party_tally.h"

/* What a report can be by, in the order of `--by` that is the default. */
#define REPORT_PARTS(X)     \
  X(AGREEMENT, "agreement") \
  X(VERSION, "version")     \
  X(PARTY, "party")         \
  X(REP, "rep")             \
  X(CLAUSE, "clause")       \
  X(WHAT, "what")           \
  X(MONTH, "month")

typedef enum report_part {
#define REPORT_PART_ENUM(name, word) PART_##name,
  REPORT_PARTS(REPORT_PART_ENUM)
#undef REPORT_PART_ENUM
      REPORT_PART_COUNT
} report_part;

#define REPORT_BY_DEFAULT "agreement,party,clause,what,month"

typedef struct report_by {
  report_part parts[REPORT_PART_COUNT];
  size_t count;
} report_by;

/* "party,month"; false: a sentence said what is wrong with it. */
bool report_by_read(report_by *by, const char *text);

const char *report_part_word(report_part part);

typedef enum report_kind {
  KIND_HANDOVER,
  KIND_DUTY,
  KIND_POWER,
  KIND_QUOTA,
  KIND_CONTACT, /* with the buyer */
  KIND_LIMIT,   /* a contact that a clause does not allow: once for each such clause */
  REPORT_KIND_COUNT
} report_kind;

typedef struct report_row {
  report_kind kind;
  uint32_t names[REPORT_PART_COUNT]; /* in the ledger, by report_part; 0 of those not asked for */
  party_tally tally;
} report_row;

typedef struct report {
  const treaty_program *program; /* whose zone months are of; borrowed */
  report_by by;
  int64_t from_ms, to_ms; /* both included; INT64_MIN and TREATY_NEVER: no bound */
  ledger ledger;
  report_row *rows; /* by kind */
  size_t row_count;
  report_row all[REPORT_KIND_COUNT]; /* of each kind, whatever its parts */
} report;

/* The fields above the ledger are set by the caller. It stays where it lies. */
void report_begin(report *report);

/* Takes in what was decided, in order. Of `report_kinds` alone it makes the same. */
void report_add(report *report, const treaty_decision *decision);

/* Each event that was accepted, before what was decided by it. */
void report_add_event(report *report, const treaty_event *event);

const treaty_decision_kind *report_kinds(size_t *count);

/* Makes the rows, once. */
void report_finish(report *report);
void report_close(report *report);

void report_text(const report *report, buffer *out);
/* RFC 4180, with a head; times in ms. */
void report_csv(const report *report, buffer *out);
/* One object, with a line end. */
void report_json(const report *report, buffer *out);

#endif
