@enterprise @auth
Feature: Roles and people
  An enterprise customer runs its own team: it brings people in, says what each may do, and lets them go. It signs only
  where nobody can take more than they were given, and where the company can never be left without somebody in charge.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Rights are what the company's owners have given, from the second in which they give them
    Revenue: enterprise

  @AU-11
  Rule: Authority is given, never assumed

    @e2e
    Scenario Outline: A role may do what it is for, and nothing more: <case>
      Given <person> has signed in
      When they ask what they may do
      Then it is exactly this: <rights>

      Examples:
        | case             | person         | rights                                                                                                                                           |
        | a member         | Dana from Acme | own account, chat, read usage, report usage                                                                                                                   |
        | an administrator | Ada from Acme  | own account, chat, read usage, report usage, manage people, read settings, change settings, publish reports, manage keys, read the audit trail                |
        | an owner         | Olga from Acme | own account, chat, read usage, report usage, manage people, read settings, change settings, publish reports, manage keys, read the audit trail, manage owners, manage single sign-on |

    @e2e
    Scenario: An administrator brings somebody in, who can sign in at once
      Given Ada from Acme has signed in
      When Ada adds a colleague
      Then the colleague signs in with the password that Ada has chosen
      And Ada's list of people shows Ada as administrator and the colleague as member

    @e2e @hard
    Scenario Outline: Nobody gains more than was given: <case>
      Given Olga from Acme, Ada from Acme and Dana from Acme have signed in
      When <somebody> tries to <attempt>
      Then it is refused because the right to it is missing
      And everybody at Acme has the role they had

      Examples:
        | case                      | somebody | attempt                     |
        | promoting oneself         | Dana     | make herself administrator  |
        | a member's newcomer       | Dana     | add a colleague             |
        | an owner by her own hand  | Ada      | make herself owner          |
        | an owner brought in       | Ada      | add an owner                |
        | demoting the owner        | Ada      | make Olga member            |
        | removing the owner        | Ada      | remove Olga                 |
        | the owner's password      | Ada      | give Olga a new password    |

    @e2e @hard
    Scenario Outline: People of another company are not there: <case>
      Given Dana from Acme and Leo from Birch have signed in
      When Leo tries to <attempt>
      Then it is refused because there is no such thing
      And everybody at Acme has the role they had

      Examples:
        | case          | attempt                  |
        | a role        | make Dana administrator  |
        | removing      | remove Dana              |
        | a password    | give Dana a new password |

    @e2e @hard
    Scenario Outline: The last owner cannot go: <case>
      Given Olga from Acme has signed in
      When Olga tries to <attempt>
      Then it is refused because no owner would be left
      And everybody at Acme has the role they had

      Examples:
        | case          | attempt            |
        | stepping down | make Olga member   |
        | leaving       | remove Olga        |

    @e2e @hard
    Scenario: Two last owners who remove each other at once leave one owner
      Given Olga from Acme and Ada from Acme have signed in
      And Olga has made Ada owner
      When Olga and Ada remove each other at once
      Then one of them is gone, and the other is owner

    @e2e @operations @hard
    Scenario: A demotion holds on every instance at once, without a new sign-in
      Given an instance of the platform is serving
      And Ada from Acme has signed in
      And Ada may manage people there and elsewhere
      When Olga from Acme makes Ada member
      Then within 2 seconds Ada may manage people nowhere

    @e2e
    Scenario: A new plan holds at once, without a new sign-in
      Given Leo from Birch has ten devices open
      And one more of Leo's devices is refused as "connection_limit"
      When the operators move Birch to the mid plan
      Then within 2 seconds Leo is known to be on the mid plan
      And one more of Leo's devices is admitted
