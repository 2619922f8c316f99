using Whirr.Cli;

return await Whirrctl.RunAsync(args, Surroundings.OfThisProcess());
