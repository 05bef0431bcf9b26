@enterprise @id-manager
Feature: A name that says what it is, and nothing else
  A name travels through logs, tickets and screens of people who must not learn anything from it about another company.
  It says what it names, so that nobody files a run under a thread, and keeps quiet about everything else.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Support and integrators can tell what a name is for, and outsiders learn nothing else from it
    Revenue: enterprise

  @ID-03
  Rule: A name says what it is, and nothing else

    @unit
    Scenario Outline: Every kind has its own unmistakable form, and passes its own gate only: <case>
      Given an instance that gives names
      When it names <what>
      Then the name is "<case>", an underscore and 26 letters and digits, <length> characters in all
      And only the gate for <what> lets it in
      And every other gate says "this is the name of <what>."

      Examples:
        | case    | what            | length |
        | tenant  | a company       | 33     |
        | user    | a person        | 31     |
        | session | a session       | 34     |
        | key     | a key           | 30     |
        | thread  | a thread        | 33     |
        | msg     | a message       | 30     |
        | run     | a run           | 30     |
        | event   | an event        | 32     |
        | call    | a tool call     | 31     |
        | ckpt    | a checkpoint    | 31     |
        | conn    | a connection    | 31     |
        | req     | a request       | 30     |
        | agent   | an agent        | 32     |
        | audit   | an audit entry  | 32     |
        | cfg     | a configuration | 30     |
        | inst    | an instance     | 31     |
        | mig     | a migration     | 30     |

    @unit
    Scenario Outline: A name of the wrong kind is refused, saying which was expected: <case>
      Given an instance that gives names
      When <given> comes in where <expected> is expected
      Then it is refused as "<reason>" about "<field>"
      And the person is told 'must be the name of <expected>' and '<told>'

      Examples:
        | case                         | given                  | expected     | reason          | field    | told                                             |
        | run for thread               | the name of a run      | a thread     | id_wrong_kind   | threadId | this is the name of a run.                       |
        | person for company           | the name of a person   | a company    | id_wrong_kind   | tenantId | this is the name of a person.                    |
        | thread for connection        | the name of a thread   | a connection | id_wrong_kind   | connId   | this is the name of a thread.                    |
        | kind spelt as a longer word  | a name of "threads"    | a thread     | id_unknown_kind | threadId | this begins with no kind of name that exists.    |

    @unit
    Scenario: Code that passes a thread where a person is expected does not compile
      Given code that hands on the name of a person where a person is expected compiles
      When the name of a thread is handed on instead
      Then the compiler refuses it with its error 2345
      And it refuses plain text with its error 2345

    @unit @hard
    Scenario Outline: Names tell neither the company nor how many were given in between: <case>
      Given an instance that gives names
      When it gives pairs of names 1 millisecond apart, <between>
      Then the second name of a pair cannot be told from the first

      Examples:
        | case          | between                        |
        | two companies | one for Acme and one for Birch |
        | two moments   | with 50 other names in between |

    @integration
    Scenario Outline: A record under a name of the wrong kind cannot be stored: <case>
      Given a table of threads
      When a record is stored under <incoming>
      Then the table <verdict> it

      Examples:
        | case                   | incoming                            | verdict |
        | name of a thread       | the name of a thread                | takes   |
        | name of a run          | the name of a run                   | refuses |
        | longer word            | a name of "threads"                 | refuses |
        | bare UUID              | a UUID with hyphens                 | refuses |
        | in capitals            | a name in capitals                  | refuses |
        | letter u               | a name with the letter u            | refuses |
        | first character 8      | a name whose first character is 8   | refuses |
        | 25 characters          | a name of 25 characters             | refuses |
        | line break at the end  | a name with a line break at the end | refuses |

    @e2e
    Scenario: Every name in answers, events and headers that Dana's devices receive has the documented form
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When everything her devices were given is searched for names
      Then names of these kinds are found, all of the documented form: call, conn, event, run, session, tenant, thread, user

    @e2e
    Scenario Outline: A name of the wrong kind is refused at the door with the field named: <case>
      Given Dana from Acme has signed in
      When she sends <incoming> where a <expected> is expected
      Then she is refused as "<reason>" about "<field>"

      Examples:
        | case                        | incoming             | expected | reason          | field    |
        | run for thread              | the name of a run    | thread   | id_wrong_kind   | threadId |
        | person for company          | the name of a person | tenant   | id_wrong_kind   | tenantId |
        | thread for run              | the name of a thread | run      | id_wrong_kind   | runId    |
        | kind spelt as a longer word | a name of "threads"  | thread   | id_unknown_kind | threadId |

    @e2e @hard
    Scenario Outline: Knowing the name of Acme's thread gets Leo from Birch the answer for a thread that never was: <case>
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      When Leo from Birch tries to <case> Dana's thread "Q3 spend" and one that never was
      Then both times he is told "thread_not_found" in the same words

      Examples:
        | case        |
        | open        |
        | follow live |
        | delete      |
