@enterprise @id-manager
Feature: Names are read strictly
  What comes in from outside may be mistyped, cut off or forged. It is checked once, in one way, and a refusal tells an
  integrator what to send instead, without repeating what an attacker sent.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: No misspelt or forged name ever reaches a company's records
    Revenue: enterprise

  @ID-04
  Rule: What comes in is checked once, strictly

    @unit @hard
    Scenario Outline: Hostile spellings are refused, each with its reason: <case>
      When <what> comes in where a thread is expected
      Then it is refused as "<reason>" about "threadId"
      And the refusal does not repeat what came in
      And the person is told 'must be the name of a thread, written as thread_ and 26 characters' and '<told>'
      And the doors for any name and for forms refuse it too

      Examples:
        | case                  | what                                      | reason           | told                                                                        |
        | empty                 | empty text                                | id_wrong_length  | this is too short to be one.                                                |
        | a number              | the number 42                             | id_not_text      | this is not text.                                                           |
        | nothing               | nothing                                   | id_not_text      | this is not text.                                                           |
        | a list                | a list with a name                        | id_not_text      | this is not text.                                                           |
        | line break at the end | a name with a line break at the end       | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | blank in front        | a name with a blank in front              | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | capitals              | a name in capitals                        | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | letter l              | a name with the letter l                  | id_not_canonical | after the underscore come 0 to 7 and then letters without i, l, o and u.    |
        | letter u              | a name with the letter u                  | id_not_canonical | after the underscore come 0 to 7 and then letters without i, l, o and u.    |
        | letter l, zero at end | a name with the letter l and a zero at the end | id_not_canonical | after the underscore come 0 to 7 and then letters without i, l, o and u.    |
        | 25 characters         | a name of 25 characters                   | id_wrong_length  | this has not 26 characters after the underscore.                            |
        | 27 characters         | a name of 27 characters                   | id_wrong_length  | this has not 26 characters after the underscore.                            |
        | first character 8     | a name whose first character is 8         | id_not_canonical | after the underscore come 0 to 7 and then letters without i, l, o and u.    |
        | full-width digits     | a name in full-width digits               | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | hidden zero byte      | a name with a hidden zero byte            | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | path                  | a path to the password file               | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | database command      | a database command                        | id_not_canonical | only lower-case letters, digits and one underscore stand in it.             |
        | all zeros             | a name of all zeros                       | id_reserved      | all zeros and all ones are never given.                                     |
        | all ones              | a name of all ones                        | id_reserved      | all zeros and all ones are never given.                                     |
        | 29 characters         | text of 29 characters                     | id_wrong_length  | this is too short to be one.                                                |
        | 30 characters         | text of 30 characters                     | id_unknown_kind  | this begins with no kind of name that exists.                               |
        | 45 characters         | text of 45 characters                     | id_unknown_kind  | this begins with no kind of name that exists.                               |
        | 46 characters         | text of 46 characters                     | id_wrong_length  | this is too long to be one.                                                 |
        | second underscore     | a name with a second underscore           | id_not_canonical | after the underscore come 0 to 7 and then letters without i, l, o and u.    |
        | one more zero         | a name of all zeros and a one             | id_wrong_length  | this has not 26 characters after the underscore.                            |
        | text around a name    | a longer text that ends with a name       | id_unknown_kind  | this begins with no kind of name that exists.                               |

    @unit
    Scenario Outline: Bare UUIDs are refused with the way out: <case>
      When <what> comes in where a thread is expected
      Then it is refused as "id_bare_uuid" about "threadId"
      And the person is told 'must be the name of a thread, written as thread_ and 26 characters' and 'this is a plain UUID, which is answered by the migration it was brought in with.'

      Examples:
        | case            | what                                    |
        | hyphenated      | a UUID with hyphens                     |
        | braced          | a UUID in braces                        |
        | as a URN        | a UUID as a URN                         |
        | without hyphens | a UUID without hyphens                  |
        | in capitals     | a UUID in capitals                      |

    @unit
    Scenario Outline: What only looks like a UUID gets no way out that leads nowhere: <case>
      When <what> comes in where a thread is expected
      Then it is refused as "<reason>" about "threadId"

      Examples:
        | case                    | what                                           | reason           |
        | text in front           | a UUID with text in front                      | id_not_canonical |
        | text behind             | a UUID with text behind                        | id_not_canonical |
        | text before 32 digits   | a UUID without hyphens with text in front      | id_unknown_kind  |
        | text after 32 digits    | a UUID without hyphens with text behind        | id_unknown_kind  |
        | text behind a URN       | a UUID in braces with text behind              | id_not_canonical |

    @unit @hard
    Scenario: Refusing 10 MB costs no more than refusing 40 characters
      When 10 MB of text and 40 characters of text are refused again and again
      Then refusing 10 MB takes no longer than refusing 40 characters

    @unit @hard
    Scenario: Writing and reading a name are exact inverses, and reading never fails in another way than by its typed refusal
      When 200 UUIDs of every kind are written as names and read back, and 500 arbitrary things are read
      Then each name leads back to exactly its UUID and is spelt as the public standard says
      And whatever was no name was refused with one of the documented reasons

    @unit
    Scenario: The published description of an interface shows integrators the one form of a name
      When an integrator looks up how a thread is named
      Then the description says that it is text of the form "^thread_[0-7][0-9a-hjkmnp-tv-z]{25}$"

    @unit
    Scenario Outline: The published TypeID examples are read as their authors say, save the stricter rules listed here: <case>
      When the published <case> examples are read under one of our kinds
      Then <taken> of them lead to the published UUID
      And the others are refused as "<refused>"

      Examples:
        | case    | taken | refused                                                                      |
        | valid   | 6     | 3 id_reserved                                                                |
        | invalid | no    | 11 id_not_canonical, 2 id_unknown_kind, 8 id_wrong_length                     |

    @e2e
    Scenario Outline: A bare UUID is refused at the door with the way out: <case>
      Given Dana from Acme has signed in
      When she sends <incoming> where a thread is expected
      Then she is refused as "id_bare_uuid" about "threadId"

      Examples:
        | case            | incoming               |
        | hyphenated      | a UUID with hyphens    |
        | braced          | a UUID in braces       |
        | as a URN        | a UUID as a URN        |
        | without hyphens | a UUID without hyphens |

    @e2e @hard
    Scenario Outline: Placeholder names mean nothing on a production build: <case>
      Given Dana from Acme has signed in
      When she sends "<case>" where a thread is expected
      Then she is refused as "id_wrong_length" about "threadId"

      Examples:
        | case      |
        | pending   |
        | default   |
        | test      |
        | anonymous |
