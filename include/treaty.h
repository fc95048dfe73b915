/* treaty.h - libtreaty: load a treaty, make an engine, feed it events, take decisions, ask why.
 *
 *   treaty_program *program;  treaty_diags *diags;
 *   treaty_load(&host, "desk.treaty", &diags, &program);      text -> a compiled program
 *   treaty_engine *engine;
 *   treaty_engine_new(program, NULL, &engine);                a program + its accounts' state
 *   treaty_engine_event(engine, &event, clock_ms, &refusal);  one event: decisions, or refused
 *   treaty_engine_advance(engine, clock_ms);                  time alone: decisions
 *   treaty_engine_decisions(engine, &count);                  what was decided since the last call
 *
 * The library does no input or output, keeps no globals, starts no threads and asks for no time:
 * files, time zones and the clock are handed in. The same program and the same calls give the same
 * bytes, on every machine.
 *
 * Ownership: what a `_new` or `treaty_load` gave is freed with the `_free` of its name (NULL is
 * fine). Everything else that a function returns, and every pointer inside a struct, is borrowed:
 * from a program until it is freed, from an engine until the next call on that engine.
 *
 * Units: instants are milliseconds since 1970-01-01T00:00:00Z (int64, years 1 to 9999), durations
 * milliseconds, numbers millionths, money minor units of its currency, dates days since
 * 1970-01-01. */
#ifndef TREATY_H
#define TREATY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TREATY_VERSION "0.1.0"

#define TREATY_MUST_USE __attribute__((warn_unused_result))

/* An instant that never comes. */
#define TREATY_NEVER INT64_MAX

typedef enum treaty_status {
  TREATY_OK,
  TREATY_NO_MEMORY, /* the object the call was made on must be freed; its state is not to be trusted
                     */
  TREATY_INVALID,   /* the treaty does not check: the diagnostics say why */
  TREATY_REFUSED,   /* the event was refused and changed nothing: the refusal says why */
  TREATY_REPEATED,  /* an event with this source and id was accepted before: nothing changed */
  TREATY_NO_HISTORY, /* the host did not give an event again; as TREATY_NO_MEMORY */
} treaty_status;

/* Bytes with a length: UTF-8, not NUL-terminated unless said so. bytes may be NULL where absence
 * has a meaning. */
typedef struct treaty_text {
  const char *bytes;
  size_t length;
} treaty_text;

/* ---- Loading --------------------------------------------------------------------------------- */

/* How a load reaches the world. All functions answer false when there is no such thing, with
 * *why a sentence without a full stop ("no such file"). What they give must stay alive until
 * treaty_load returns. */
typedef struct treaty_host {
  void *context;
  /* `path` is the main file's as given, or another's joined to it; "std/…" names a file of the
   * standard rules. */
  bool (*read_file)(void *context, const char *path, treaty_text *text, const char **why);
  /* The TZif bytes (RFC 8536) of a zone such as "Europe/Berlin". */
  bool (*read_zone)(void *context, const char *name, treaty_text *tzif, const char **why);
} treaty_host;

typedef struct treaty_program treaty_program;
typedef struct treaty_diags treaty_diags;

/* Reads, checks and compiles the treaty whose main file is `path`. *diags is always set (free
 * it), and holds what the checker has to say; *program is NULL unless the status is TREATY_OK
 * (warnings do not prevent that). */
TREATY_MUST_USE treaty_status treaty_load(const treaty_host *host, const char *path,
                                          treaty_diags **diags, treaty_program **program);
/* One treaty of several that decide side by side: versions of an agreement, or agreements. */
typedef struct treaty_version {
  const treaty_host *host; /* reads for this one alone */
  const char *path;        /* of its main file */
  int64_t taken_ms;        /* taken up at this instant, it has no force before; INT64_MIN: it was
                              there from the start */
  bool in_shadow;          /* its agreements have no force, whatever they say */
  bool shadow_counts;      /* what is in shadow has force all the same: of an agreement that is
                              `in shadow from D`, from then on */
  bool only_tests;         /* it is no version: its tests are run against all the others, and
                              nothing else may stand in it; not the first */
} treaty_version;

/* Compiles treaties, of which each has checked by itself, to one program: parties, stages, events
 * and facts are common to all, everything else is each one's own, and a lead is judged by the one
 * that governs it. Newer versions stand behind older ones; decisions made before the instant at
 * which a treaty was taken up are the same with it and without it. *diags says what keeps them from
 * standing side by side. `count` is 1 at least. */
TREATY_MUST_USE treaty_status treaty_load_beside(const treaty_version *versions, size_t count,
                                                 treaty_diags **diags, treaty_program **program);
/* Takes NULL. Engines that were made of it are freed before it. */
void treaty_program_free(treaty_program *program);

/* The text of a file of the standard rules ("std/bant.treaty"), for a host's read_file; false:
 * no such file. */
bool treaty_std_file(const char *path, treaty_text *text);
/* The path of each, in order of names; NULL behind the last. */
const char *treaty_std_file_name(size_t index);

typedef enum treaty_severity { TREATY_ERROR, TREATY_WARNING } treaty_severity;

/* A place in a source file. Lines and columns count from 1, columns in characters. */
typedef struct treaty_place {
  const char *file;
  uint32_t line, column;
  uint32_t end_line, end_column; /* the first character behind the span */
  const char *label;             /* what stands there, or NULL */
} treaty_place;

/* One finding of the checker. */
typedef struct treaty_diag {
  treaty_severity severity;
  const char *code;    /* "unknown_field": the word for `treaty help` */
  const char *message; /* one fact, one line */
  const char *help;    /* how to mend it, or NULL */
  treaty_place place;
  const treaty_place *related; /* what it clashes with */
  size_t related_count;
} treaty_diag;

/* How many findings there are, and how many of them are errors: with one there is no program. */
size_t treaty_diags_count(const treaty_diags *diags);
size_t treaty_diags_error_count(const treaty_diags *diags);
/* One finding, borrowed until the next call on the diagnostics; NULL: no memory. */
const treaty_diag *treaty_diags_at(treaty_diags *diags, size_t index);

/* The finding as people read it: place, source line, underline, help; several lines, each ended.
 * NULL: no memory. */
const char *treaty_diags_text(treaty_diags *diags, size_t index, bool colour);

/* A page about a code, or NULL when there is no such code. Static. */
const char *treaty_diag_help(const char *code);

/* Takes NULL. What was borrowed from it ends with it; a program that was loaded stays. */
void treaty_diags_free(treaty_diags *diags);

/* ---- What a program knows -------------------------------------------------------------------- */

typedef enum treaty_kind {
  TREATY_TEXT,
  TREATY_NUMBER,   /* int64 millionths */
  TREATY_WHOLE,    /* int64 millionths, of which only whole ones are taken */
  TREATY_FLAG,     /* 0 or 1 */
  TREATY_DATE,     /* days since 1970-01-01 */
  TREATY_TIME,     /* an instant in ms */
  TREATY_DURATION, /* ms */
  TREATY_MONEY,    /* minor units of `currency` */
  TREATY_REP,      /* a person of a party; text */
  TREATY_ONE_OF,   /* index into `values` */
  TREATY_SCALE,    /* index into `values`, ordered */
  TREATY_SET,      /* bit i set: values[i] is in it */
  TREATY_TEXTS,    /* a list of texts */
} treaty_kind;

typedef struct treaty_field {
  const char *name; /* as rules write it */
  const char *key;  /* as the payload writes it; the same unless declared otherwise */
  treaty_kind kind;
  const char *const *values; /* the names of ONE_OF, SCALE and SET */
  uint32_t value_count;
  const char *currency;     /* MONEY: its ISO 4217 code */
  uint32_t currency_digits; /* MONEY: digits behind the point, 0 to 4 */
  bool used;                /* some rule reads it; what none reads is checked and then skipped */
} treaty_field;

typedef struct treaty_event_type {
  const char *name;  /* the CloudEvents `type` */
  const char *cause; /* "buyer", "others", or a party's name */
  bool contact;      /* it counts as contacting the buyer */
  const treaty_field *fields;
  uint32_t field_count;
  uint32_t index; /* of this type among the program's */
} treaty_event_type;

/* NULL when the treaty declares no event of that type. */
const treaty_event_type *treaty_program_event_type(const treaty_program *program, const char *name,
                                                   size_t length);
/* All of them, in the order of the treaty; borrowed from the program. */
size_t treaty_program_event_type_count(const treaty_program *program);
const treaty_event_type *treaty_program_event_type_at(const treaty_program *program, size_t index);

/* The name of a stage, in the order of the treaty; NULL behind the last. */
const char *treaty_program_stage(const treaty_program *program, size_t index);

/* What a clause that begins there does, as the treaty says it: "promote inquiry to MQL"; NULL: none
 * begins there. */
const char *treaty_program_clause(const treaty_program *program, const char *file, uint32_t line);

/* The compiled program as text, for people who look inside; the same text for the same treaty. */
const char *treaty_program_dump(treaty_program *program);

/* A party of an agreement, and who has signed for it. */
typedef struct treaty_party {
  const char *name;
  const char *signed_by; /* NULL: nobody has */
  int64_t signed_day;    /* days since 1970-01-01 */
} treaty_party;

/* One version of an agreement. */
typedef struct treaty_agreement {
  const char *name;
  uint32_t version;
  const treaty_party *parties; /* in the order of the treaty */
  size_t party_count;
  int64_t from_day, to_day; /* in force, both included; to_day INT64_MAX: without an end */
  int64_t shadow_until_ms; /* so long it decides without effect: beside what has force, in a program
                               where shadow counts, and not at all in others. TREATY_NEVER: it has
                               no day of force; INT64_MIN: it is never in shadow */
} treaty_agreement;

/* Its agreements, in the order of the treaty; borrowed from the program. */
size_t treaty_program_agreement_count(const treaty_program *program);
void treaty_program_agreement_at(const treaty_program *program, size_t index,
                                 treaty_agreement *agreement);

/* How far events may lie behind the clock and still be put in place from memory, in ms. */
int64_t treaty_program_late_ms(const treaty_program *program);

/* Writes `2026-11-06 14:00:00+01:00`, an instant as the clock on the wall shows it in the treaty's
 * zone, with milliseconds where they are not zero; `…Z` if that is UTC, or without a program;
 * `never`. Gives its length; a NUL stands behind. */
#define TREATY_TIME_TEXT_BYTES 48
size_t treaty_time_text(const treaty_program *program, int64_t utc_ms,
                        char text[TREATY_TIME_TEXT_BYTES]);

/* The instant that people in the treaty's zone mean by a time on the wall, which is given as the
 * instant at which a wall in UTC shows it. Of two, the first. */
int64_t treaty_local_instant(const treaty_program *program, int64_t local_ms);

/* ---- Events ---------------------------------------------------------------------------------- */

/* One payload field, by the kind of its treaty_field. */
typedef struct treaty_value {
  bool present;
  int64_t integer;          /* all kinds but the text ones, in the units above */
  treaty_text text;         /* TEXT, REP */
  const treaty_text *texts; /* TEXTS */
  size_t text_count;
} treaty_value;

/* What an engine looks an event up by. All zero: the engine computes it itself. */
typedef struct treaty_event_hashes {
  uint64_t identity[2]; /* of source and id */
  uint64_t account[2];  /* of the account that it names; else zero */
} treaty_event_hashes;

/* An event, decoded. The engine copies what it keeps. */
typedef struct treaty_event {
  const treaty_event_type *type;
  treaty_text source, id;            /* its identity */
  treaty_text account, person, lead; /* bytes NULL: not named */
  treaty_text actor;                 /* who of a party did it; bytes NULL: not said */
  int64_t time_ms;                   /* when it happened */
  uint64_t place;                    /* where the host finds it again (treaty_history) */
  uint64_t content_hash;      /* over the rest of the line: tells a repeat from an id used twice */
  const treaty_value *values; /* one for each field of the type, in its order */
  treaty_event_hashes hashes; /* see treaty_event_hash */
} treaty_event;

/* Computes the hashes of source, id and account ahead, for instance on the thread that decodes. The
 * seed is that of the engine that gets the event (treaty_engine_options). Whoever changes one of
 * these texts afterwards sets the hashes to zero. */
void treaty_event_hash(treaty_event *event, const uint64_t seed[2]);

/* Why a line or an event was refused: the name on the wire, and what it means. The list is
 * closed. */
/* clang-format off */
#define TREATY_REFUSALS(X)                                                                           \
  X(NOT_JSON, "not_json", "the line is no JSON object")                                              \
  X(BAD_UTF8, "bad_utf8", "the line is not well-formed UTF-8")                                       \
  X(TOO_LONG, "too_long", "the line is longer than the limit")                                       \
  X(TOO_DEEP, "too_deep", "the line nests deeper than 32")                                           \
  X(NOT_CLOUDEVENT, "not_cloudevent", "a required CloudEvents attribute is missing or no text")      \
  X(BAD_TIME, "bad_time", "`time` is no RFC 3339 instant between the years 1 and 9999")              \
  X(FUTURE_TIME, "future_time", "`time` lies further in the future than clocks may differ")          \
  X(UNKNOWN_EVENT, "unknown_event", "the treaty declares no event of this type")                     \
  X(WRONG_TYPE, "wrong_type", "a payload field is not of its declared type")                         \
  X(NUMBER_RANGE, "number_range", "a number does not fit: 9.2e12 at most, six decimals at most")     \
  X(WRONG_CURRENCY, "wrong_currency", "an amount is in another currency than its field's")           \
  X(NO_ACCOUNT, "no_account", "the event names no account and none can be told from it")             \
  X(ID_REUSED, "id_reused", "an event with this source and id but other content was accepted before") \
  X(ID_TOO_LONG, "id_too_long", "source, id, account, person or lead is longer than 1,024 bytes")    \
  X(NOT_ITS_SOURCE, "not_its_source", "the treaty does not let this source send events of this type")
/* clang-format on */

typedef enum treaty_refusal_code {
  TREATY_NOT_REFUSED,
#define TREATY_REFUSAL_ENUM(name, word, meaning) TREATY_##name,
  TREATY_REFUSALS(TREATY_REFUSAL_ENUM)
#undef TREATY_REFUSAL_ENUM
      TREATY_REFUSAL_COUNT
} treaty_refusal_code;

typedef struct treaty_refusal {
  treaty_refusal_code code;
  char reason[240]; /* a sentence without a full stop, NUL-terminated */
} treaty_refusal;

/* The code's name on the wire ("unknown_event"). Static. */
const char *treaty_refusal_word(treaty_refusal_code code);

/* ---- The engine ------------------------------------------------------------------------------ */

typedef struct treaty_engine treaty_engine;

/* Where the engine gets events again that it has seen. It asks when an event cannot be put in its
 * place otherwise: a late one whose effect depends on the order, one older than the horizon that
 * may be a repeat, one that takes another back. */
typedef struct treaty_history {
  /* Gives the event that was accepted with `place` (below 2^46, the host's own number), decoded as
   * it was then; it is read until the next call. false: it cannot be had, and the call on the
   * engine ends with TREATY_NO_HISTORY. NULL: there is no history. Then late events are counted as
   * they come, and a repeat from beyond the horizon counts again. */
  bool (*event)(void *context, uint64_t place, const treaty_event **event);
  void *context;
} treaty_history;

typedef struct treaty_engine_options {
  bool as_if_in_force;    /* judge by the newest version of each agreement, whatever its dates */
  uint64_t hash_seed[2];  /* for the hash tables; decisions do not depend on it */
  int64_t future_skew_ms; /* how far an event's time may lie beyond the clock; < 0: no bound */
  treaty_history history;
  bool keeps_points; /* event by event, so that the facts tell the parts of scores */
} treaty_engine_options;

/* The program must outlive the engine. `options` may be NULL: all zero, and a skew of five
 * minutes. */
TREATY_MUST_USE treaty_status treaty_engine_new(const treaty_program *program,
                                                const treaty_engine_options *options,
                                                treaty_engine **engine);
/* Takes NULL. */
void treaty_engine_free(treaty_engine *engine);

/* Takes one event at `clock_ms`, which never decreases over calls (an earlier one counts as the
 * latest so far). What time brings before that instant is decided first. TREATY_REFUSED:
 * *refusal says why; TREATY_REPEATED: accepted before. An accepted event is numbered: 1, 2, 3 … */
TREATY_MUST_USE treaty_status treaty_engine_event(treaty_engine *engine, const treaty_event *event,
                                                  int64_t clock_ms, treaty_refusal *refusal);

/* Takes note of an event that the engine of another partition has accepted at `clock_ms`: it gets
 * its number here too, after what time brings before that instant. So several engines, each over
 * some of the accounts and told of the events of all others in this way, decide together what one
 * would: their decisions before the event, in the order of (instant, account id), then those of
 * the engine that took it, numbered through (and so is the offer that an answer names). Accounts
 * that are ever merged go to one engine. What several accounts have a part in is for one engine:
 * turns of a team, and quotas. */
TREATY_MUST_USE treaty_status treaty_engine_pass(treaty_engine *engine, int64_t clock_ms);

/* Tells the engine of events that will come soon, best a dozen or two of them at once, so that the
 * memory that they need is at hand by then. Changes nothing that can be observed, and need not be
 * called. */
void treaty_engine_expect(const treaty_engine *engine, const treaty_event *const *events,
                          size_t count);

/* Lets time pass: decides all that falls due up to and with `clock_ms`. */
TREATY_MUST_USE treaty_status treaty_engine_advance(treaty_engine *engine, int64_t clock_ms);

/* The earliest instant at which time alone could bring a decision (it may turn out to bring
 * none), or TREATY_NEVER. */
int64_t treaty_engine_next_ms(const treaty_engine *engine);

/* The number of the last accepted event; 0 before the first. */
uint64_t treaty_engine_seq(const treaty_engine *engine);

/* Bytes of state that the engine holds, without the allocator's own overhead. */
size_t treaty_engine_bytes(const treaty_engine *engine);

typedef struct treaty_counts {
  uint64_t accounts, persons, leads, open_leads;
} treaty_counts;

/* How many the engine knows of; open leads are neither won nor lost. */
treaty_counts treaty_engine_counts(const treaty_engine *engine);

/* ---- Decisions ------------------------------------------------------------------------------- */

/* Every kind of decision, with its CloudEvents type and what is meant. The list is closed. */
/* clang-format off */
#define TREATY_DECISIONS(X)                                                                               \
  X(LEAD_OPENED, "treaty.lead.opened", "a lead begins at its first stage")                                \
  X(LEAD_STAGE_CHANGED, "treaty.lead.stage_changed", "a lead goes to another stage")                      \
  X(LEAD_PHASE_CHANGED, "treaty.lead.phase_changed", "the buyer has come to another phase of the purchase")  \
  X(LEAD_OWNER_CHANGED, "treaty.lead.owner_changed", "a lead belongs to another party")                   \
  X(LEAD_CLOSED, "treaty.lead.closed", "a lead is won or lost")                                           \
  X(LEAD_UNGOVERNED, "treaty.lead.ungoverned", "no agreement governs a lead, or none can be told yet")    \
  X(LEAD_GOVERNED, "treaty.lead.governed", "an agreement, or another one, has come to govern a lead")        \
  X(LEAD_ENTRY_REFUSED, "treaty.lead.entry_refused", "a lead would enter one stage twice in one step")    \
  X(LEAD_ASSIGNED, "treaty.lead.assigned", "somebody has the lead from now on")                           \
  X(LEAD_UNASSIGNED, "treaty.lead.unassigned", "nobody could be found who can have the lead")             \
  X(LEAD_OPEN_TO_TEAM, "treaty.lead.open_to_team", "the first of a team who takes the lead gets it")      \
  X(HANDOVER_OFFERED, "treaty.handover.offered", "a lead is offered to another party")                    \
  X(HANDOVER_ACCEPTED, "treaty.handover.accepted", "the other party takes the lead")                      \
  X(HANDOVER_REJECTED, "treaty.handover.rejected", "the other party does not take it")                    \
  X(HANDOVER_REMINDED, "treaty.handover.reminded", "a part of the time to answer has passed")             \
  X(HANDOVER_ESCALATED, "treaty.handover.escalated", "somebody is told that no answer came")              \
  X(HANDOVER_TOLD, "treaty.handover.told", "a message that a step of the deadline says")                  \
  X(HANDOVER_BREACHED, "treaty.handover.breached", "the time to answer has passed")                       \
  X(HANDOVER_RETURNED, "treaty.handover.returned", "the offer ends unanswered and the lead goes back")    \
  X(HANDOVER_ENDED, "treaty.handover.ended", "the offer ends because the lead left the stage")            \
  X(HANDOVER_ANSWER_NOTED, "treaty.handover.answer_noted", "an answer to an offer that had ended")        \
  X(HANDOVER_WITHDRAWN, "treaty.handover.withdrawn", "the giver takes the offer back")                    \
  X(HANDOVER_NOT_OFFERED, "treaty.handover.not_offered", "a step makes no offer that would be taken back") \
  X(HANDOVER_SENT_BACK, "treaty.handover.sent_back", "the offer goes back with a question")               \
  X(CLOCK_PAUSED, "treaty.clock.paused", "the clock of an offer or duty stands still")                      \
  X(CLOCK_RESUMED, "treaty.clock.resumed", "the clock of an offer or duty goes on")                         \
  X(DUTY_STARTED, "treaty.duty.started", "a party owes something from now on")                              \
  X(DUTY_KEPT, "treaty.duty.kept", "what was owed was done in time")                                        \
  X(DUTY_LATE, "treaty.duty.late", "what was owed was done, but late")                                      \
  X(DUTY_BROKEN, "treaty.duty.broken", "the time for what is owed has passed")                              \
  X(DUTY_ENDED, "treaty.duty.ended", "it is owed no longer, and was not done")                              \
  X(DUTY_REMINDED, "treaty.duty.reminded", "a part of the time for what is owed has passed")                \
  X(DUTY_ESCALATED, "treaty.duty.escalated", "somebody is told that what is owed was not done")             \
  X(DUTY_TOLD, "treaty.duty.told", "a message that a step of the duty says")                                \
  X(DUTY_RETURNED, "treaty.duty.returned", "what is owed was not done, and the lead goes back")             \
  X(QUOTA_KEPT, "treaty.quota.kept", "what is owed in a period is reached")                                 \
  X(QUOTA_BROKEN, "treaty.quota.broken", "a period is over in which what is owed was not reached")          \
  X(QUOTA_NOTED, "treaty.quota.noted", "what counts in a broken period came when that was over")            \
  X(QUOTA_REMINDED, "treaty.quota.reminded", "a part of the period has passed, and it is not reached") \
  X(QUOTA_ESCALATED, "treaty.quota.escalated", "somebody is told that what is owed is not reached")         \
  X(QUOTA_TOLD, "treaty.quota.told", "a message that a step of the quota says")                             \
  X(LEAD_MOVED, "treaty.lead.moved", "somebody decides that a lead goes to another stage")                 \
  X(LEAD_OFFERED, "treaty.lead.offered", "somebody decides that a lead is offered to another party")        \
  X(LEAD_PASSED, "treaty.lead.passed", "somebody passes a lead on to another of the same party")           \
  X(LEAD_HELD, "treaty.lead.held", "somebody holds a lead: no clause moves or offers it")                  \
  X(LEAD_HELD_BACK, "treaty.lead.held_back", "a clause would have acted on an event, but the lead is held")  \
  X(LEAD_RELEASED, "treaty.lead.released", "a lead is held no longer")                                     \
  X(POWER_REFUSED, "treaty.power.refused", "somebody decides what no clause lets them")                    \
  X(LEAD_TOLD, "treaty.lead.told", "a message that a clause says about a lead")                             \
  X(PLAY_SUGGESTED, "treaty.play.suggested", "a play has begun to be for somebody")  \
  X(CONTACT_OVER_LIMIT, "treaty.contact.over_limit", "a contact that a clause does not allow")  \
  X(CLAUSE_STUCK, "treaty.clause.stuck", "a clause has waited for so long for what nobody knows")           \
  X(CRITERION_CHANGED, "treaty.criterion.changed", "a criterion is met, not met, or open again")          \
  X(ACCOUNT_MERGED, "treaty.account.merged", "two accounts have become one")                                \
  X(LEAD_ADOPTED, "treaty.lead.adopted", "a lead of the account that is gone belongs to the one kept")       \
  X(LEAD_JOINED, "treaty.lead.joined", "two leads have become one")                                          \
  X(EVENT_VOIDED, "treaty.event.voided", "an event counts as if it had never been")                         \
  X(EVENT_UNBOUND, "treaty.event.unbound", "an event that is for a lead found none open: it acts on nothing")
/* clang-format on */

typedef enum treaty_decision_kind {
#define TREATY_DECISION_ENUM(name, type, meaning) TREATY_##name,
  TREATY_DECISIONS(TREATY_DECISION_ENUM)
#undef TREATY_DECISION_ENUM
      TREATY_DECISION_KIND_COUNT
} treaty_decision_kind;

/* The CloudEvents type ("treaty.lead.opened"). Static. */
const char *treaty_decision_type(treaty_decision_kind kind);

/* Parts of a score. */
typedef enum treaty_point_kind {
  TREATY_POINT_EVENT,     /* points of an event, of a silence, or that a reset begins with */
  TREATY_POINT_EARLIER,   /* of many events long ago, no longer told apart */
  TREATY_POINT_CONDITION, /* points of a condition that holds, or that may hold */
  TREATY_POINT_DECAY,     /* what has halved away of the events' points */
  TREATY_POINT_RANGE,     /* what an end of the score's range cuts off, or adds */
} treaty_point_kind;

typedef struct treaty_point {
  treaty_point_kind kind;
  const char *value; /* as people write it: 25, -4.5, "0 to 20" */
  int64_t low,
      high; /* the same in millionths; apart where it is unknown whether a condition holds */
  const char *rule; /* "on demo add 25"; NULL for what is no rule's */
  const char *file;
  uint32_t line;
  uint64_t seq; /* EVENT: of the event; 0: it was none */
  int64_t time_ms;
} treaty_point;

/* A fact that a decision rests on. */
typedef struct treaty_because {
  const char *name; /* "account.industry", "engagement", "count of demo_request in last 30 days" */
  treaty_text
      person; /* whose, when it is a person's or a member's; bytes NULL: the account's or lead's */
  const char *value;    /* as people write it: "machinery", 80000 EUR, unknown */
  uint64_t seq;         /* of the event that set it; 0: no event did */
  bool open;            /* a field that nobody knows, or not all of it */
  const char *question; /* STUCK: that the criterion asks for which it is wanted; NULL: none */
  /* Of a score, with keeps_points: its parts, which add up to it. */
  const treaty_point *points;
  size_t point_count;
} treaty_because;

/* A row of a catalogue that a play offers. Of its columns the name, and the value as people write
 * it, texts without quotes; keys first. What is unknown is left out. */
typedef struct treaty_reference {
  const char *catalogue;
  const treaty_because *columns;
  size_t column_count;
} treaty_reference;

typedef struct treaty_decision {
  treaty_decision_kind kind;
  uint64_t seq; /* with n: the id, SEQ.N */
  uint32_t n;
  int64_t time_ms;           /* the instant it takes effect */
  treaty_text account, lead; /* lead: its id; bytes NULL for a decision about no lead */
  const char *agreement;     /* NULL: none governs */
  uint32_t version;
  const char *file; /* the clause: "desk.treaty", relative to the main file's folder; NULL: none */
  uint32_t line;
  const char *from,
      *to;           /* stages, owners, or the values of a criterion; NULL where they say nothing */
  const char *name;  /* the criterion; what is owed; the event type that found no lead, or was taken
                       back */
  const char *party; /* to whom a lead is offered, or who owes; of a step: who is reminded, told,
                        escalated to */
  const char *by;    /* PAUSED, SENT_BACK: whose event stopped the clock: "buyer", a party, or
                          "others"; NULL: time did */
  treaty_text
      actor; /* the same, and powers: who of them, as the event says; bytes NULL: not said */
  const char *address; /* of a contact */
  const char *say;     /* the message of TOLD */
  const char *reason;  /* why rejected, or lost; why a duty ended */
  bool won;            /* CLOSED */
  bool inferred;       /* PHASE_CHANGED: by evidence of a later phase */
  bool late;           /* answers: given after the due instant */
  bool accepts;        /* ANSWER_NOTED: it would have accepted; else rejected */
  bool at_once;        /* ACCEPTED: as the clause says, without an answer */
  int64_t due_ms;      /* hand-overs, duties: the instant the answer, or what is owed, is due;
                          TREATY_NEVER: no deadline, or its clock stands still */
  int64_t offered_ms;  /* hand-overs: of the offer; duties: their start; STUCK: since when */
  int64_t answered_ms; /* ACCEPTED, REJECTED, ANSWER_NOTED, KEPT, LATE: the time of the answering
                          event */
  int64_t ended_ms;    /* ANSWER_NOTED: when the offer ended */
  uint64_t offer_seq;  /* ANSWER_NOTED: with offer_n, the id of the OFFERED that it answers */
  uint32_t offer_n;
  int64_t open_ms, wall_ms; /* answers, BREACHED, BROKEN, RETURNED: since the start, in open and in
                               wall time; 0 for an answer that is dated before it. Open time leaves
                               out pauses */
  int64_t paused_ms;        /* the same, RESUMED: how long its clock stood still, in wall time */
  int64_t percent_millionths; /* steps: of the time allowed */
  treaty_text person;         /* SUGGESTED: for whom; OVER_LIMIT: who was contacted, bytes
                                 NULL: nobody in particular */
  uint32_t count,
      most;        /* OVER_LIMIT: the how-many-th in the span, of so many; 0: none was allowed */
  int64_t span_ms; /* OVER_LIMIT: the span … */
  int64_t contacted_ms; /* … and when the contact was made */
  /* Quotas: offered_ms and due_ms are the first and the last millisecond of the period, `from`, of
   * steps, is who owes; answered_ms of NOTED is when it happened. */
  const char *rep;                    /* who of the party owes it; NULL: the party does */
  const char *per;                    /* "month" */
  const char *owed, *reached;         /* as people write it: "40", "250000 EUR" */
  int64_t absent_ms;                  /* BROKEN: so much of the period the rep was absent */
  bool enough;                        /* NOTED: by now what is owed is reached */
  treaty_text about_source, about_id; /* VOIDED: the event that was taken back */
  treaty_text cause_source, cause_id; /* the event that caused it; bytes NULL: time did */
  uint32_t chosen_among; /* that event named no lead: of so many open ones this had the latest
                            event; 0: there was no choice */
  const treaty_reference *references; /* SUGGESTED: of the catalogues that the play offers */
  size_t reference_count;
  const treaty_because *because;
  size_t because_count;
} treaty_decision;

/* What was decided since the last call, in order; borrowed until the next call on the engine but
 * this. */
const treaty_decision *treaty_engine_decisions(treaty_engine *engine, size_t *count);

/* ---- Looking at leads, and why not yet ------------------------------------------------------- */

typedef enum treaty_truth { TREATY_FALSE, TREATY_TRUE, TREATY_UNKNOWN } treaty_truth;

/* A condition and how it stands, down to its facts. */
typedef struct treaty_condition treaty_condition;
struct treaty_condition {
  const char *text; /* as the treaty says it */
  treaty_truth truth;
  const char
      *value; /* "30 (at least 30, at most 50)", or NULL for a part that is only true or not */
  const treaty_condition *parts;
  size_t part_count;
  size_t needed; /* so many parts make it true; 0 with parts: it is true when none is */
  const treaty_because *facts; /* that `value` tells of */
  size_t fact_count;
  const char *criterion; /* its name, when it is one; else NULL */
  const char *question;  /* that the criterion asks, or NULL */
};

/* How many conditions without parts have to come true for this one to hold, at the least; with
 * `given`, if that fact were known and it helped. */
size_t treaty_condition_missing(const treaty_condition *condition, const treaty_because *given);

/* What a fact would do for a condition, if it were known and helped. */
typedef struct treaty_use {
  const treaty_condition *completes; /* what would hold by it; NULL: nothing yet */
  const treaty_condition *criterion; /* by which it counts, or NULL */
  const treaty_condition *asked_in;  /* the condition without parts that it stands in */
  size_t left;                       /* would still be missing */
} treaty_use;

/* False: as much would be missing as is now. */
bool treaty_condition_use(const treaty_condition *condition, const treaty_because *fact,
                          treaty_use *use);

/* "at least 3 of (…)" and the like: more is said than what it is a part of. */
bool treaty_condition_is_several(const treaty_condition *condition);

/* A clause that could act on a lead where it stands. */
typedef struct treaty_outlook {
  const char *clause; /* "promote inquiry to MQL" */
  const char *file;
  uint32_t line;
  const char *to; /* stage or party */
  treaty_condition condition;
  const char *awaits; /* the event or signal that it waits for, or NULL */
  int64_t time_ms;    /* when time alone could change it; TREATY_NEVER: never */
  /* Of hand-overs: another one that stands in front of it, or NULL: further up and not ruled out,
   * or, with `behind_offer`, the one of the open offer. */
  const char *behind, *behind_file;
  uint32_t behind_line;
  bool behind_offer;
} treaty_outlook;

/* A stretch of time between an offer and an instant, counted or not. */
typedef struct treaty_stretch {
  int64_t from_ms, to_ms;
  bool open;
  const char *why; /* "outside hours", "closed"; NULL when open */
} treaty_stretch;

typedef struct treaty_handover {
  const char *to;
  const char *file;
  uint32_t line;
  const char *calendar; /* NULL: around the clock */
  int64_t offered_ms, due_ms;
  int64_t open_ms; /* counted until now, less pauses */
  bool breached;
  bool paused; /* its clock stands still */
} treaty_handover;

/* Something that is owed, or, with `to`, the way back of a lead that was rejected for a while. */
typedef struct treaty_duty {
  const char *party, *owed; /* "sales", "first_touch" */
  const char *to;           /* the stage that the lead goes to at the due instant; else NULL */
  const char *agreement;    /* whose version started it */
  uint32_t version;
  const char *file;
  uint32_t line;
  const char *calendar; /* NULL: around the clock */
  int64_t started_ms, due_ms;
  int64_t open_ms;      /* counted until now, less pauses */
  uint32_t done, times; /* how often, of how often */
  bool broken, paused;
} treaty_duty;
/* No clause moves or offers the lead until then. */
typedef struct treaty_hold {
  const char *party; /* that holds it */
  const char *file;  /* the clause that allows it */
  uint32_t line;
  int64_t since_ms, until_ms;
} treaty_hold;

typedef struct treaty_lead {
  treaty_text account, id;
  uint32_t ordinal; /* of its account's leads, from 1 */
  const char *stage, *owner;
  treaty_text rep;       /* who of the owner has it; bytes NULL: nobody */
  const char *phase;     /* of the buyer; NULL: the treaty has none */
  const char *agreement; /* NULL: none governs */
  uint32_t version;
  int64_t opened_ms, stage_since_ms, clock_ms;
  bool closed, won, lost;          /* closed and neither: joined to another, or it never was */
  const treaty_hold *hold;         /* NULL: nobody holds it */
  const treaty_handover *handover; /* the open offer, or NULL */
} treaty_lead;

/* Calls `visit` for each lead, accounts in the order of their first event, leads in order of
 * opening. */
void treaty_engine_leads(treaty_engine *engine,
                         void (*visit)(void *context, const treaty_lead *lead), void *context);

/* The leads of one account; *count 0: no such account, or no lead. */
const treaty_lead *treaty_engine_account(treaty_engine *engine, treaty_text account, size_t *count);

/* A field, definition, score or criterion of a lead as people write it ("lead.segment",
 * "account.country", "budget"); NULL when the treaty has none of that name for a lead. "unknown"
 * is a value. */
const char *treaty_engine_value(treaty_engine *engine, const treaty_lead *lead, const char *name);

/* What each clause of the lead's present stage waits for. */
const treaty_outlook *treaty_engine_outlook(treaty_engine *engine, const treaty_lead *lead,
                                            size_t *count);
/* What is owed about the lead, in the order in which it began. */
const treaty_duty *treaty_engine_duties(treaty_engine *engine, const treaty_lead *lead,
                                        size_t *count);

/* A play that is for a member of the lead now. */
typedef struct treaty_play {
  const char *name;
  treaty_text person;
  const char *say; /* NULL: nothing */
  const treaty_reference *references;
  size_t reference_count;
  const char *file;
  uint32_t line;
} treaty_play;

/* Member by member, in the order of the treaty. */
const treaty_play *treaty_engine_plays(treaty_engine *engine, const treaty_lead *lead,
                                       size_t *count);

/* How much of what is owed in a period is reached, while the period runs. */
typedef struct treaty_quota {
  const char *party;
  const char *rep;  /* who of the party owes it; NULL: the party does */
  const char *name; /* "MQL", "amount of crm.deal_won" */
  const char *per;  /* "month" */
  int64_t started_ms, due_ms;
  const char *owed, *reached; /* as people write it: "40", "250000 EUR" */
  bool kept;
  const char *agreement; /* whose version owes it */
  uint32_t version;
  const char *file;
  uint32_t line;
} treaty_quota;

/* In the order of the treaty, person by person. */
const treaty_quota *treaty_engine_quotas(treaty_engine *engine, size_t *count);

/* Whether a party may contact somebody as things stand. */
typedef struct treaty_permit {
  const char *party;
  treaty_text person; /* bytes NULL: the account, nobody in particular */
  bool allowed;
  int64_t from_ms;    /* else from when on, if nothing happens until then; TREATY_NEVER: never */
  const char *clause; /* that does not allow it longest; NULL: it is allowed */
  const char *file;
  uint32_t line;
  uint32_t count, most; /* so many there are in the clause's span, of so many; 0: it allows none */
  int64_t span_ms;
} treaty_permit;

/* Of each party that makes contacts, or of one (NULL: each): the account and each member of the
 * lead, or one person (bytes NULL: each). */
const treaty_permit *treaty_engine_permits(treaty_engine *engine, const treaty_lead *lead,
                                           const char *party, treaty_text person, size_t *count);

/* A clause on the way to a stage, with its facts as they are now. */
typedef struct treaty_way_step {
  const char *from, *to; /* stages; NULL: the agreement comes to govern the lead */
  treaty_outlook outlook;
  const char *by; /* the event by which, or the time after which, it leads on; NULL: at once */
  /* A hand-over waits until this one, which stands above it, is ruled out; else NULL. */
  const char *behind, *behind_file;
  uint32_t behind_line;
  size_t missing; /* conditions that do not hold, events and times that have not come */
} treaty_way_step;

/* The way from where the lead stands to a stage on which least is missing, of two the shorter.
 * *count 0: it is there, it is closed, or no clause leads there. */
const treaty_way_step *treaty_engine_way(treaty_engine *engine, const treaty_lead *lead,
                                         const char *stage, size_t *count);

/* The hours that the open hand-over has counted and skipped so far; *count 0: none is open. */
const treaty_stretch *treaty_engine_stretches(treaty_engine *engine, const treaty_lead *lead,
                                              size_t *count);

/* The same for any decision about a hand-over or duty: the hours between its start and `to_ms`.
 * `rep`: who had the lead at the start, for whose hours may count; bytes NULL: nobody. Pauses are
 * not looked at. */
const treaty_stretch *treaty_engine_hours(treaty_engine *engine, const treaty_decision *decision,
                                          treaty_text rep, int64_t to_ms, size_t *count);

/* ---- The tests of a treaty ------------------------------------------------------------------- */

typedef struct treaty_test_failure {
  treaty_place place;
  const char
      *message; /* what was expected, and what was there instead and why; may be several lines */
} treaty_test_failure;

typedef struct treaty_test_result {
  const char *name;
  treaty_place place;
  size_t expectations; /* that were looked at */
  const treaty_test_failure *failures;
  size_t failure_count;
} treaty_test_result;

/* The `test` blocks in the order of the file, each of several cases for itself. */
size_t treaty_program_test_count(const treaty_program *program);
const char *treaty_program_test_name(const treaty_program *program, size_t index);

/* Runs one `test` block on a fresh engine with a simulated clock. The result lives as long as
 * the program. */
TREATY_MUST_USE treaty_status treaty_test_run(treaty_program *program, size_t index,
                                              const treaty_test_result **result);

#ifdef __cplusplus
}
#endif

#endif
