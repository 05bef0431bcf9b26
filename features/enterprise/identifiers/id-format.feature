@enterprise @id-manager
Feature: An id that says what it is, and nothing else
  An id travels through logs, tickets and screens of people who must not learn anything from it about another company. It
  says what it stands for, so that nobody files a run under a thread, and keeps quiet about everything else.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Support and integrators can tell what an id is for, and outsiders learn nothing else from it
    Revenue: enterprise

  @ID-03
  Rule: An id says what it is, and nothing else

    @e2e
    Scenario: Every id in answers, events and headers that Dana's devices receive has the documented form
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When everything her devices were given is searched for ids
      Then ids of these kinds are found, all of the documented form: call, conn, event, run, session, tenant, thread, user

    @e2e
    Scenario Outline: An id of the wrong kind is refused with the field named: <case>
      Given Dana from Acme has signed in
      When <who> asks for the <resource> with the id "<id>"
      Then <who> is refused because "<field>" is <fault>

      Examples:
        | case                        | who          | resource | id                                 | field    | fault              |
        | run for thread              | she          | thread   | run_01h455vb4pex5vsknk084sn02q     | threadId | the id of a run    |
        | thread for run              | she          | run      | thread_01h455vb4pex5vsknk084sn02q  | runId    | the id of a thread |
        | person for company          | the operator | company  | user_01h455vb4pex5vsknk084sn02q    | tenantId | the id of a person |
        | kind spelt as a longer word | she          | thread   | threads_01h455vb4pex5vsknk084sn02q | threadId | of no known kind   |

    @e2e @hard
    Scenario Outline: Knowing the id of Dana's thread gets Leo from Birch the answer for a thread that never was: <case>
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      When Leo from Birch tries to <case> Dana's thread "Q3 spend" and a thread that never was
      Then he is told both times in the same words that there is no such thread

      Examples:
        | case        |
        | open        |
        | follow live |
        | delete      |
