/* limits.h - every bound of the compiler and the engine, by name, and what happens beyond it. */
#ifndef TR_LIMITS_H
#define TR_LIMITS_H

/* Beyond these a treaty does not check (`out_of_range`, `too_deep`). */
#define TR_FILE_BYTES_MAX     (16u << 20)
#define TR_USE_DEPTH_MAX      1000
#define TR_SET_VALUES_MAX     64 /* a set is two words: who is in, who is not */
#define TR_ENUM_VALUES_MAX    1000
#define TR_CHAIN_MAX          1000 /* definitions that read each other, signals on signals */
#define TR_CATALOGUE_KEYS_MAX 16
#define TR_CSV_CELLS_MAX      1000000
#define TR_TABLE_COLUMNS_MAX  16
#define TR_TABLE_ROWS_MAX     1000
#define TR_STAGES_MAX         200
#define TR_PHASES_MAX         100
#define TR_PARTIES_MAX        200
#define TR_CLOSURE_DAYS_MAX   3653  /* of a calendar: ten years with their leap days */
#define TR_HOLIDAY_DAYS_MAX   50000 /* of one iCalendar file … */
#define TR_HOLIDAY_RULES_MAX  1000  /* … and how many of its events come back yearly */
#define TR_ICAL_NESTING_MAX   16    /* of the parts of an iCalendar file */
#define TR_CLAUSES_MAX        10000 /* of one agreement */
#define TR_REPS_MAX           60000 /* people, with those that events add */
#define TR_CONTACTS_MAX       1000 /* of a limit; and so many steps on until a contact is allowed */
#define TR_TELLS_MAX          64   /* `tell … when` of one agreement */
#define TR_PLAYS_MAX          63   /* of one agreement */
#define TR_PLAY_ROWS_MAX      100  /* that one line of a play offers */
#define TR_SLOTS_MAX          60000      /* facts of one kind of entity; of a set, of each value */
#define TR_REGISTERS_MAX      4000       /* of one piece of code: values that it holds at once */
#define TR_POINTS_MAX         1000000000 /* of one event, either way */
#define TR_HALVES_MIN_MS      3600000    /* a half-life is an hour at least … */
#define TR_HALVES_MAX_MS      (INT64_C(100000) * 86400000) /* … and 100,000 days at most */

/* What comes back every year without end is written out to the end of this year: an agreement that
 * ends later needs another file (`holidays_end`). */
#define TR_HOLIDAY_YEAR_MAX 2199

/* Of a clause that waits for what nobody knows so many facts are named at most. */
#define TR_QUESTIONS_MAX 20

/* The reason of a decision that somebody takes is cut off behind so many bytes. */
#define TR_REASON_BYTES_MAX 1000

/* The name of a holiday is cut off behind so many bytes. */
#define TR_HOLIDAY_NAME_BYTES_MAX 100

/* The proof that a table leaves no case out gives up after so many steps (`not_proved`): a table
 * takes that long only when its rows cut across each other in many columns. */
#define TR_TABLE_STEPS_MAX 200000

/* What a pattern of `matches` may take, compiled; beyond it it does not check (`wrong_form`). */
#define TR_MATCH_BYTES_MAX (1 << 20)

/* A proof about conditions gives up after so many steps, and all proofs of a treaty together
 * (`not_proved`): what was not looked at then is not found. One asks for so many conditions. */
#define TR_PROOF_STEPS_MAX     200000
#define TR_PROOF_STEPS_ALL_MAX 20000000
#define TR_PROOF_STEPS_A_TEST  20000 /* what a test that is made up and run counts for */
#define TR_PROOF_GOALS_MAX     256
/* So many circles of clauses, and pairs of clauses of which the upper wins, are told of; more are
 * found once these are mended. */
#define TR_PROOF_SHOWN_MAX 20
/* Beyond so many variables, and of one that is compared with more constants, nothing is proved. */
#define TR_PROOF_VARIABLES_MAX 5000
#define TR_PROOF_CUTS_MAX      1000
/* What nests deeper, definitions included, is not looked into. */
#define TR_PROOF_DEPTH_MAX 1500

/* Beyond this an event is refused (`id_too_long`). */
#define TR_ID_BYTES_MAX 1024

/* The lateness horizon of a treaty that names none. */
#define TR_LATE_DEFAULT_MS (INT64_C(7) * 86400000)

/* How far an event may lie in the future of the clock unless the host says otherwise. */
#define TR_FUTURE_SKEW_MS (INT64_C(5) * 60000)

/* Snapshots of accounts take so many bytes at most (snapshot.h). Beyond them those of the account
 * that was built anew longest ago go: its next late event costs its whole history. */
#define TR_SNAPSHOTS_BYTES ((size_t)64 << 20)

/* Stays of one lead that are kept. Of more, the older half is let go of, but for the latest of each
 * stage: counts go on, what the stage was at an instant long ago can no longer be told. */
#define TR_STAYS_MAX 65535

/* Broken periods of one quota that late events are held against; of more the oldest are let go of,
 * and what is told of them later counts nowhere. */
#define TR_QUOTA_PERIODS_MAX 53

/* How often clauses of one lead may act in one step before the engine calls it a fault of the
 * checker: every act but a reminder enters a stage, and a stage is entered once a step. */
#define TR_ACTS_PER_STEP_MAX (2 * TR_STAGES_MAX + 1000)

/* Files of the standard rules among which a near name is looked for. */
#define TR_STD_FILES_MAX 64

#endif
