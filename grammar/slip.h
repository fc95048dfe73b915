/* slip.h - what people write who do not know the language yet, and what to say to them.
 *
 * Where it is clear what is meant, the scanner reports the slip and reads on as if it stood right:
 * so one slip is one error. Otherwise its help is put to the syntax error. */
#ifndef TR_SLIP_H
#define TR_SLIP_H

#include "grammar/parse.h"

/* F("word", "help"): words of other languages, and of English where this one has another. */
#define TR_FOREIGN_WORDS(F)                                                      \
  F("if", "Write 'when', or 'where' for a condition on the fields of an event.") \
  F("then", "Take it out: what follows stands right behind the condition.")      \
  F("past", "Write 'in last 30 days', for example.")                             \
  F("a", "Write the number in digits.")                                          \
  F("an", "Write the number in digits.")                                         \
  F("per", "Write 'in', as in 'at most 15 in 24 hours' or 'once in 7 days'.")    \
  F("points", "Take it out: 'add 5' adds points.")                               \
  F("timezone", "Write 'zone \"Europe/Berlin\"', for example.")                  \
  F("import", "Write 'use \"PATH\"'.")                                           \
  F("include", "Write 'use \"PATH\"'.")                                          \
  F("wait", "Write 'after 2 days', for example.")                                \
  F("assert", "Write 'expect'.")                                                 \
  F("scenario", "Write 'test'.")                                                 \
  F("handover", "Write 'hand STAGE from GIVER to TAKER'.")                       \
  F("change", "Write 'move A to B' or 'promote A to B'.")

/* The same where a comparison could go on. */
#define TR_COMPARING_WORDS(F)                                                    \
  F("equals", "Write '=' for equal.")                                            \
  F("equal", "Write '=' for equal, 'is not' for unequal.")                       \
  F("like", "Write 'contains', 'starts with' or 'ends with'.")                   \
  F("begins", "Write 'starts with'.")                                            \
  F("than", "Write '>', '>=', '<' or '<='.")                                     \
  F("more", "Write '>' or '>='.")                                                \
  F("over", "Write '>' or '>='.")                                                \
  F("above", "Write '>' or '>='.")                                               \
  F("less", "Write '<' or '<='.")                                                \
  F("under", "Write '<' or '<='.")                                               \
  F("below", "Write '<' or '<='.")

/* P("word", "form at the margin", "form in a block"): the form of what begins with the word. */
#define TR_FORMS(P)                                                                              \
  P("use", "use \"std/bant\"", NULL)                                                             \
  P("zone", "zone \"Europe/Berlin\"", "zone \"Europe/Berlin\"")                                  \
  P("late", "late events up to 7 days", NULL)                                                    \
  P("party", "party NAME", NULL)                                                                 \
  P("contact", "contact NAME of PARTY \"ADDRESS\"", NULL)                                        \
  P("account", "account { FIELD TYPE, FIELD TYPE }", "account ID { FIELD VALUE, FIELD VALUE }")  \
  P("person", "person { FIELD TYPE, FIELD TYPE }", "person ACCOUNT/ID { FIELD VALUE }")          \
  P("lead", "lead { FIELD TYPE, FIELD TYPE }", NULL)                                             \
  P("member", "member { FIELD TYPE, FIELD TYPE }", NULL)                                         \
  P("type", "type NAME as TYPE", NULL)                                                           \
  P("list", "list NAME \"TEXT\", \"TEXT\"", NULL)                                                \
  P("catalogue", "catalogue NAME keyed by FIELD { FIELD TYPE, FIELD TYPE  KEY -> VALUE }", NULL) \
  P("event", "event NAME by PARTY { FIELD TYPE }", NULL)                                         \
  P("events", "events without account are ignored", NULL)                                        \
  P("bind", "bind account by domain of event.FIELD, except LIST", NULL)                          \
  P("on", "on EVENT where CONDITION { set FIELD to VALUE }", "on SIGNAL add 5, once in 7 days")  \
  P("set", NULL, "set ENTITY.FIELD to VALUE")                                                    \
  P("add", NULL, "add VALUE to ENTITY.FIELD")                                                    \
  P("remove", NULL, "remove VALUE from ENTITY.FIELD")                                            \
  P("signal", "signal NAME on EVENT where CONDITION", NULL)                                      \
  P("score", "score NAME of ENTITY, from 0 to 100 { on SIGNAL add 5 }", NULL)                    \
  P("halves", NULL, "halves every 30 days")                                                      \
  P("define", "define NAME of ENTITY as VALUE", NULL)                                            \
  P("table", "table NAME of ENTITY by VALUE, VALUE { CELL, CELL -> VALUE }", NULL)               \
  P("criterion", "criterion NAME met when CONDITION", NULL)                                      \
  P("phases", "phases of lead { NAME  NAME entered on SIGNAL }", NULL)                           \
  P("stages", "stages { NAME owned by PARTY, won }", NULL)                                       \
  P("calendar", "calendar NAME { mon to fri 09:00 to 17:00 }", NULL)                             \
  P("mon", NULL, "mon to fri 09:00 to 12:30, 13:00 to 17:00")                                    \
  P("closed", NULL, "closed on 2026-12-24, 2026-12-31")                                          \
  P("agreement",                                                                                 \
    "agreement \"NAME\" version 1 between PARTY and PARTY in force from 2026-01-01 { }", NULL)   \
  P("applies", NULL, "applies when CONDITION")                                                   \
  P("ask", NULL, "ask about unknowns after 14 days")                                             \
  P("promote", NULL, "promote STAGE, STAGE to STAGE when CONDITION")                             \
  P("move", NULL, "move STAGE, STAGE to STAGE after 30 days")                                    \
  P("hand", NULL, "hand STAGE from PARTY to PARTY when CONDITION")                               \
  P("accepted", NULL, "accepted by EVENT to STAGE")                                              \
  P("rejected", NULL, "rejected by EVENT to STAGE with reason REASON")                           \
  P("respond", NULL, "respond within 4 hours in CALENDAR { at 50% remind WHO }")                 \
  P("may", NULL, "PARTY may move STAGE to STAGE with reason")                                    \
  P("limit", NULL, "limit contact by PARTY with each person to 2 in 7 days")                     \
  P("never", NULL, "never contact by PARTY when CONDITION")                                      \
  P("tell", NULL, "tell PARTY \"TEXT\" when CONDITION")                                          \
  P("play", NULL, "play \"NAME\" for member with (CONDITION) { say \"TEXT\" }")                  \
  P("test", "test \"NAME\" { clock 2026-11-06 14:00  send EVENT from ACCOUNT }", NULL)           \
  P("at", NULL, "at 50% remind PARTY' or, in a test, 'at 2026-11-09 12:00")                      \
  P("clock", NULL, "clock 2026-11-06 14:00")                                                     \
  P("after", NULL, "after 2 days")                                                               \
  P("send", NULL, "send EVENT from ACCOUNT/PERSON { FIELD VALUE }")                              \
  P("expect", NULL, "expect ACCOUNT is STAGE' or 'expect NAME of ACCOUNT is VALUE")

/* T("word", "type"): the types of other languages. */
#define TR_FOREIGN_TYPES(T)     \
  T("string", "text")           \
  T("str", "text")              \
  T("varchar", "text")          \
  T("char", "text")             \
  T("texts", "list of text")    \
  T("int", "whole number")      \
  T("integer", "whole number")  \
  T("whole", "whole number")    \
  T("float", "number")          \
  T("double", "number")         \
  T("decimal", "number")        \
  T("percent", "number")        \
  T("bool", "flag")             \
  T("boolean", "flag")          \
  T("datetime", "time")         \
  T("timestamp", "time")        \
  T("enum", "one of (a, b)")    \
  T("currency", "money in EUR") \
  T("EUR", "money in EUR")      \
  T("USD", "money in USD")

/* U("word", "unit", milliseconds of one): behind a number only; they may be names elsewhere. */
#define TR_UNIT_SLIPS(U)      \
  U("s", "seconds", 1000)     \
  U("sec", "seconds", 1000)   \
  U("secs", "seconds", 1000)  \
  U("min", "minutes", 60000)  \
  U("mins", "minutes", 60000) \
  U("h", "hours", 3600000)    \
  U("hr", "hours", 3600000)   \
  U("hrs", "hours", 3600000)  \
  U("d", "days", 86400000)    \
  U("w", "weeks", 604800000)  \
  U("wk", "weeks", 604800000) \
  U("wks", "weeks", 604800000)

/* C("word", "code"): behind a number or `money in`. */
#define TR_CURRENCY_SLIPS(C) \
  C("euro", "EUR")           \
  C("euros", "EUR")          \
  C("€", "EUR")              \
  C("dollar", "USD")         \
  C("dollars", "USD")        \
  C("$", "USD")              \
  C("pound", "GBP")          \
  C("pounds", "GBP")         \
  C("£", "GBP")              \
  C("francs", "CHF")

typedef struct tr_unit_slip {
  const char *word, *unit;
  int64_t ms;
} tr_unit_slip;

/* Each gives NULL for a word that is none. The letter case of the word does not count. */
const tr_unit_slip *tr_slip_unit(const char *word);
const char *tr_slip_currency(const char *word);
const char *tr_slip_type(const char *word);
const char *tr_slip_foreign(const char *word);
/* The form of what begins the line of the error. */
const char *tr_slip_form(const tr_parse *parse, tr_span found);

/* Reports a slip of habit, which many places of a file are likely to show, at the first of them;
 * NULL at the others. */
tr_diag *tr_slip_once(tr_parse *parse, tr_habit habit, tr_span span, const char *message,
                      const char *help);

/* `-` for `to` between days or times of day. */
void tr_slip_range(tr_parse *parse, tr_span span);

/* A number with marks between the thousands: 25'000, 25_000, 1.000.000. */
const char *tr_slip_thousands(tr_parse *parse, tr_span span, const char *text);

/* A date that is not written year-month-day, or without all its digits: 1.11.2026, 11/1/2026,
 * 2026-11-1 9:00. Gives it as it should be written; NULL: there is no such day, and it was said. */
const char *tr_slip_date(tr_parse *parse, tr_span span, const char *text);

/* What would mend the syntax error at `found`, where a comparison may go on; NULL: who knows. */
const char *tr_slip_help(const tr_parse *parse, tr_span found, bool compares);

#endif
