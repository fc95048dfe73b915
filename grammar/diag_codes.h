/* diag_codes.h - every finding of the compiler: D(NAME, "word", SEVERITY, "page").
 * The page is what `treaty help word` shows.
 * Each one is produced by some golden test in tests/language/ (a tidy test sees to it). */
#ifndef TR_DIAG_CODES_H
#define TR_DIAG_CODES_H

#define TR_DIAG_CODES(D)                                                                              \
  D(UNEXPECTED, "unexpected", ERROR,                                                                  \
    "The text cannot go on like this. The message says what could stand here, the help what was\n"    \
    "probably meant. The reading goes on at the next clause, entry or item, so that other errors are\n" \
    "found in the same run.\n")                                                                       \
  D(STRAY_CHARACTER, "stray_character", ERROR,                                                        \
    "A character or word that is not part of the language. Texts stand in double quotes, comments\n"  \
    "start with '#', comparisons are '=', 'is not', '<', '<=', '>', '>='.\n")                         \
  D(UNENDED_TEXT, "unended_text", ERROR, "A text starts with '\"' and ends with '\"' on the same line.\n") \
  D(NO_SUCH_TIME, "no_such_time", ERROR,                                                              \
    "The day or the time of day does not exist, like 2026-02-30 or 24:30.\n")                         \
  D(NUMBER_TOO_LARGE, "number_too_large", ERROR,                                                      \
    "Numbers are exact: at most 9,200,000,000,000, with six decimals; money has the decimals of its\n" \
    "currency. What does not fit is refused, never rounded.\n")                                       \
  D(TOO_DEEP, "too_deep", ERROR, "Braces and parentheses nest 10,000 deep at most; expressions 1,000.\n") \
  D(NOT_YET, "not_yet", ERROR,                                                                        \
    "This construct belongs to the design of the language but this version does not have it. It is\n" \
    "refused, so that no treaty says more than the engine does.\n")                                   \
  D(WRONG_FORM, "wrong_form", ERROR,                                                                  \
    "What is meant is clear, but the language has another form for it. The help shows it.\n")         \
  D(NO_SUCH_FILE, "no_such_file", ERROR,                                                              \
    "A file that the treaty names could not be read. Paths are relative to the file that names them;\n" \
    "\"std/…\" are the rules that ship with treaty. The ending .treaty may be left out of 'use'.\n")  \
  D(USE_CYCLE, "use_cycle", ERROR, "Files use each other in a circle. Move what both need to a third.\n") \
  D(NOT_UTF8, "not_utf8", ERROR, "All files of a treaty, and their paths, are UTF-8.\n")            \
  D(DUPLICATE, "duplicate", ERROR,                                                                    \
    "Two declarations have the same name. All declarations of a treaty, over all its files, share one\n" \
    "namespace (types have their own), so that a name means one thing.\n")                            \
  D(UNKNOWN_NAME, "unknown_name", ERROR,                                                              \
    "No declaration has this name, in any file of the treaty. Upper and lower case differ in names.\n") \
  D(UNKNOWN_FIELD, "unknown_field", ERROR, "The entity or the event has no field of this name.\n")    \
  D(UNKNOWN_TYPE, "unknown_type", ERROR,                                                              \
    "No 'type' declaration has this name. The types of the standard rules are written std.NAME.\n")   \
  D(UNKNOWN_VALUE, "unknown_value", ERROR, "The type on the other side has no value of this name.\n") \
  D(UNKNOWN_ZONE, "unknown_zone", ERROR,                                                              \
    "Time zones have names like \"Europe/Berlin\", from the tz database of this machine.\n")          \
  D(WRONG_KIND, "wrong_kind", ERROR, "The name means something, but nothing that can stand here.\n")  \
  D(WRONG_TYPE, "wrong_type", ERROR,                                                                  \
    "The two sides do not go together: text and number, two currencies, two scales of other names, or\n" \
    "a condition where a value is needed.\n")                                                         \
  D(WRONG_SCOPE, "wrong_scope", ERROR,                                                                \
    "The field belongs to an entity that is not at hand here. 'where' sees the event; a 'define' or\n" \
    "'score' of account sees the account; of person, also its account; of lead, also its account; of\n" \
    "member, all four. Clauses and criteria see lead and account, those about contacts and plays also\n" \
    "the person concerned; people are reached with 'any member has (…)'.\n")                                \
  D(MIXED_AND_OR, "mixed_and_or", ERROR,                                                              \
    "'A and B or C' can be read in two ways. Parentheses say which one is meant.\n")                  \
  D(DECAYING, "decaying", ERROR,                                                                      \
    "A score that halves, and a time that grows with the clock ('age of lead', 'time since SIGNAL'),\n" \
    "change by the millisecond. Such a score may be compared with a number, and stand in max, min or\n" \
    "sum over members or leads. Such a time may be compared with a time such as '3 days', added and\n" \
    "subtracted. Other arithmetic on them is not part of the language.\n")                            \
  D(MISSING, "missing", ERROR,                                                                        \
    "A construct lacks a part that it needs. The help shows the part.\n")                             \
  D(REPEATED, "repeated", ERROR, "A part stands twice where it can stand once.\n")                    \
  D(OUT_OF_RANGE, "out_of_range", ERROR, "The value lies outside of what makes sense here.\n")        \
  D(HOURS_OVERLAP, "hours_overlap", ERROR,                                                            \
    "Two stretches of a calendar's hours cover the same time, perhaps over midnight: a shift from 22:00\n" \
    "to 06:00 reaches into the next day. Whose shift it is decides which closure cancels it, so each\n" \
    "hour stands once. Hours may touch: '09:00 to 12:00, 12:00 to 17:00'.\n")                         \
  D(HOLIDAYS_END, "holidays_end", ERROR,                                                              \
    "A file of holidays ends before an agreement that counts by it: from then on every holiday would\n" \
    "count as a working day. A file reaches to its last day, and where that lies in December, to the\n" \
    "end of the year; with a yearly rule that has no end, to the end of 2199.\n")                    \
  D(VERSIONS_DIFFER, "versions_differ", ERROR,                                                        \
    "Treaties that decide side by side have parties, stages, events and fields in common, for a lead goes\n" \
    "from one to the other and what is known of it stays known. Of these a newer version may have more,\n" \
    "and add values behind those of a type; what is there has to stay what it was. Give what is meant\n" \
    "otherwise a name of its own.\n")                                                                  \
  D(VERSION_CHANGED, "version_changed", ERROR,                                                        \
    "An agreement of one number stands in two treaties side by side, and they do not say the same: in its\n" \
    "own words, or in a score, list, table or calendar that it rests on. A version stays what it was\n" \
    "agreed to be, for leads are governed by it. Give what is new the next number.\n")                 \
  D(HOLIDAYS_RUN_OUT, "holidays_run_out", WARNING,                                                    \
    "An agreement without an end counts by a file of holidays that has one; or a file has holidays with\n" \
    "yearly rules, and others, such as Easter's, that it lists year by year to some year. Until that day\n" \
    "all is well; before it, the file needs to be replaced by one that goes on.\n")                    \
  D(TIMED_EVENT, "timed_event", WARNING,                                                              \
    "A file of holidays has an event that begins at a time of day. Only whole days close a calendar, so\n" \
    "it is passed over. For half a day make the event one of a whole day, or leave it out.\n")        \
  D(DEFINED_BY_ITSELF, "defined_by_itself", ERROR, "A definition needs its own value to be computed.\n") \
  D(MISSING_CASE, "missing_case", ERROR,                                                              \
    "A table has no row for some of the values that can come. The rows that are missing stand in the\n" \
    "help, ready to be put in. What is unknown needs no row: without one the table is unknown.\n")     \
  D(HIDDEN_ROW, "hidden_row", ERROR,                                                                  \
    "Rows above take all that this row of a table would match, so it never does. A row that asks for\n" \
    "a value stops what is unknown, so a row with 'unknown' stands before it.\n")                      \
  D(ROWS_OVERLAP, "rows_overlap", ERROR,                                                              \
    "A table with 'each case once' has two rows for one case.\n")                                     \
  D(FIRST_ROW_WINS, "first_row_wins", WARNING,                                                        \
    "Two rows of a table cut across each other and have different values: where both match, the upper\n" \
    "one gives the value. An exception that lies in a more general row below it is not told of.\n")    \
  D(NOT_PROVED, "not_proved", WARNING,                                                                \
    "A proof was given up after 200,000 steps: whether a table leaves cases out, or whether a condition\n" \
    "can hold. All proofs of a treaty together end after 20,000,000 steps.\n")                       \
  D(NOT_DECIDED, "not_decided", ERROR,                                                                \
    "A criterion or a 'define' of another file asks a question that no file answers. Say when it is met,\n" \
    "or what its value is, in your own file. A 'define' of the standard rules needs an answer only where\n" \
    "your file reads what rests on it.\n")                                                            \
  D(PARTY_NOT_BOUND, "party_not_bound", ERROR,                                                        \
    "A clause gives work or a lead to a party that the agreement is not between. Nobody is bound by what\n" \
    "they did not sign.\n")                                                                           \
  D(WRONG_OWNER, "wrong_owner", ERROR,                                                                \
    "Stages have owners. 'promote' stays with one owner; 'hand' starts at a stage of the giver and\n" \
    "leads, when accepted, to a stage of the taker; 'move' is a consequence that all signed.\n")      \
  D(CLOSED_STAGE, "closed_stage", ERROR,                                                              \
    "A stage that is won or lost closes the lead: no clause leads out of it.\n")                      \
  D(REASON_NEEDED, "reason_needed", ERROR,                                                            \
    "A stage declared with reasons wants one at every way into it: 'with reason NAME', or a field of\n" \
    "the event that is of the same 'one of'.\n")                                                      \
  D(TWO_CAN_APPLY, "two_can_apply", ERROR, "One lead could come under two agreements.\n")             \
  D(DOES_NOT_END, "does_not_end", ERROR,                                                              \
    "Clauses whose conditions can hold together take a lead round in a circle within one step. A lead\n" \
    "enters a stage once a step, so where it stops depends on where it began. The help shows such a lead\n" \
    "as a test. Let one of the conditions exclude another, or wait: 'move … after …'.\n")            \
  D(NOT_SHOWN, "not_shown", WARNING,                                                                  \
    "Two agreements could apply to one lead, clauses could take it round in a circle, or two clauses\n" \
    "could hold together, as far as a proof can see; but no test was found that shows such a lead. The\n" \
    "help says what stood against it. See to it that one of the conditions excludes the other.\n")    \
  D(NEVER_HOLDS, "never_holds", WARNING,                                                              \
    "A condition can never be true, whatever is known of a lead: two of its parts exclude each other, or\n" \
    "an alternative above it takes all that it would take.\n")                                       \
  D(ALWAYS_MET, "always_met", WARNING,                                                                \
    "A criterion can never be not met: its condition is never false, and no 'unmet when' says more.\n") \
  D(NEVER_OPEN, "never_open", WARNING,                                                                \
    "A criterion answers a question by 'X is known', and no 'unmet when' says more: while nobody knows X\n" \
    "it is not met, as if somebody had said no, and nobody is told to ask. A condition on the value of X\n" \
    "leaves it open until then.\n")                                                                   \
  D(FIRST_CLAUSE_WINS, "first_clause_wins", WARNING,                                                  \
    "Two clauses lead out of one stage to different places, and both conditions can hold at once: then\n" \
    "the upper one acts. The help shows such a lead as a test. An exception that stands above a more\n" \
    "general clause is not told of.\n")                                                              \
  D(NOT_BUYERS, "not_buyers", ERROR,                                                                  \
    "Evidence of a phase is what the buyer does: events by the buyer, what only they teach, and counts\n" \
    "and scores of them. The seller cannot hasten the buyer's phase, and nor can time.\n")             \
  D(NO_OPENER, "no_opener", WARNING,                                                                  \
    "No stage says 'opened by', so every event of a buyer opens a lead where none is open.\n")        \
  D(NO_WAY_OUT, "no_way_out", WARNING,                                                                \
    "A lead could stay in this stage for ever: no clause leaves it after a time, and no deadline runs\n" \
    "in it.\n")                                                                                       \
  D(NO_PLAY, "no_play", WARNING,                                                                      \
    "The agreement has plays, but none for this phase of the buyer or for these roles in it. What a play\n" \
    "is for is read from 'phase' in its 'while' and from 'roles has …'; one that asks for no role is for\n" \
    "all of them.\n")                                                                                 \
  D(UNREACHED, "unreached", WARNING, \
    "No clause leads to this stage, or no evidence to this phase, so no lead will ever be in it.\n")  \
  D(UNUSED_EVENT, "unused_event", WARNING,                                                            \
    "Nothing acts on this event: no rule learns from it, no signal, clause or binding reads it.\n")   \
  D(SHADOWED, "shadowed", WARNING,                                                                    \
    "A field and a definition have the same name; where both could be meant, the field is.\n")

#endif
