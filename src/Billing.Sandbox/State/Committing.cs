namespace Billing.Sandbox.State;

/// <summary>Nothing is answered before the state file has it.</summary>
internal static class Committing
{
    public static void CommitBeforeAnswering(this WebApplication app)
    {
        var (journal, gate) = (app.Services.GetRequiredService<Journal>(), app.Services.GetRequiredService<Lock>());
        if (!journal.IsOpen)
        {
            return;
        }

        app.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                journal.Commit(gate);
                return Task.CompletedTask;
            });
            return next(http);
        });
    }
}
