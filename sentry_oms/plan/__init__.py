"""``oms plan``: the changes of a launch across all stacks, as CloudFormation evaluates them.

``change`` is the model of a plan. ``run`` plans the stacks in their order and ``stack`` one of
them: ``parameters`` resolves what is known now, ``change_set`` asks CloudFormation, ``verdicts``
reads the answer, ``state`` and ``stack_policy`` add losses and refusals, ``later`` and ``outputs``
find what depends on values known only at deployment, ``values`` adds old and new values.
``orphans`` finds stacks that are no longer in config, and ``deletion`` the state that a deletion
loses. ``text``, ``markdown`` and ``report`` print the plan, ``saving`` saves it, and
``confirmation`` shows it before Sceptre asks.
"""
