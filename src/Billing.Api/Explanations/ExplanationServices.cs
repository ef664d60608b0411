namespace Billing.Api.Explanations;

public static class ExplanationServices
{
    public static void AddExplanations(this IServiceCollection services)
    {
        services.AddSingleton<EventHistory>();
        services.AddSingleton<Explainer>();
        services.AddSingleton<ExplainEndpoints>();
    }
}
