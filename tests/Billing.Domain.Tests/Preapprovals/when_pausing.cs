using Billing.Domain.Preapprovals;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_pausing
{
    [Fact]
    public void a_running_schedule_is_paused_once() => Given(Open).When(it => Pause(it, Noon)).Then(new SchedulePaused(Id, Noon));

    [Fact]
    public void a_paused_one_is_resumed_once() =>
        Given(Open, new SchedulePaused(Id, Noon)).When(it => Resume(it, Noon)).Then(new ScheduleResumed(Id, Noon));

    [Fact]
    public void there_is_nothing_to_resume_in_one_that_runs() => Given(Open).When(it => Resume(it, Noon)).ThenNothing();

    [Fact]
    public void there_has_to_be_a_running_schedule()
    {
        Given(OpenWith(null)).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Requested(), Registered()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
        Given(Open, CloseRequested()).When(it => Pause(it, Noon)).ThenRefused("no_schedule");
    }
}
